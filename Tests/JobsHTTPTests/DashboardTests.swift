import Foundation
import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import NIOCore
import Testing

@testable import Dashboard
@testable import HTTPEdge
@testable import JobsHTTP

@Suite("The pages for operators")
struct DashboardTests {
    private func send(
        _ path: String, headers: HTTPFields = [:], _ settings: DashboardSettings = .init(),
        access: Access? = nil
    ) async throws -> TestAnswer {
        let routes = Routes.dashboard(settings, isProtected: access != nil) {
            ServiceInstance(status: .sample, version: "1.2.3", store: "in memory", waiting: 7)
        }
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0), routes: [routes].served(to: access),
            refusals: Refusals(label: "refused"))
        let head = HTTPRequest(
            method: .get, scheme: nil, authority: nil, path: path, headerFields: headers)
        return TestAnswer(
            try await responder.respond(to: Request(head: head, body: .init(buffer: .init()))))
    }

    @Test("every file of the folder is served, with its type and a policy")
    func files() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Dashboard/Pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        #expect(Set(names) == Set(PageFile.all.map(\.name)))
        for name in names {
            let answer = try await send(name == "index.html" ? "/ui/" : "/ui/\(name)")
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == (try String(contentsOf: folder.appending(path: name), encoding: .utf8)))
            #expect(
                answer.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            let isScript = name.hasSuffix(".js")
            #expect((answer.header("Content-Type") == "text/javascript; charset=utf-8") == isScript)
        }
    }

    @Test("the files name only each other, by relative addresses")
    func addresses() async throws {
        let names = Set(PageFile.all.map(\.name))
        for file in PageFile.all where file.type.hasPrefix("text/javascript") {
            let text = String(decoding: file.bytes, as: UTF8.self)
            for imported in text.matches(of: /(?:from |import\()"([^"]+)"/) {
                let path = String(imported.output.1)
                #expect(
                    path.hasPrefix("./") && names.contains(String(path.dropFirst(2))),
                    "\(file.name)")
            }
            #expect(!text.contains("://"), "\(file.name)")
        }
    }

    @Test("a browser that has a file gets none again")
    func unchanged() async throws {
        let first = try await send("/ui/main.js")
        let tag = try #require(first.header("ETag"))
        let again = try await send("/ui/main.js", headers: [.ifNoneMatch: tag])
        let other = try await send("/ui/main.js", headers: [.ifNoneMatch: "\"0\""])

        #expect(again.status == 304 && again.text.isEmpty)
        #expect(other.status == 200)
    }

    @Test("the root leads to the pages, by relative addresses", arguments: ["ui", "admin/pages"])
    func redirects(_ route: String) async throws {
        let settings = DashboardSettings(route: route)
        let root = try await send("/", settings)
        let bare = try await send("/\(route)", settings)
        let session = try await send("/\(route)/session", settings)

        #expect(root.status == 302 && root.header("Location") == "\(route)/")
        #expect(bare.header("Location") == "\(route.split(separator: "/").last ?? "")/")
        #expect(
            session.object["jobs"] as? String == (route == "ui" ? "../v1/jobs" : "../../v1/jobs"))
    }

    @Test("without keys the pages only show jobs, unless the configuration allows actions")
    func anonymous() async throws {
        let closed = try await send("/ui/session").object
        let open = try await send(
            "/ui/session", DashboardSettings(allowsAnonymousActions: true)
        ).object

        #expect(closed["read_only"] as? Bool == true)
        #expect(open["read_only"] as? Bool == false)
        #expect(closed["name"] == nil && closed["scopes"] == nil)
    }

    @Test("the session tells which members the pages mask, in lower case")
    func masked() async throws {
        let usual = try await send("/ui/session").object
        let own = try await send("/ui/session", DashboardSettings(maskedKeys: ["IBAN"])).object

        #expect((usual["mask"] as? [String])?.contains("password") == true)
        #expect(own["mask"] as? [String] == ["iban"])
    }

    @Test("with keys the session tells who the caller is, and nothing to others")
    func session() async throws {
        let key = APIKey.generate()
        let ann = Principal(name: "ann", scopes: [.read, .operate], types: ["mail"])
        let apiKey = try #require(APIKey(hash: APIKey.hash(of: key), principal: ann))
        let access = Access([APIKeyAuthenticator([apiKey])])
        let known = try await send(
            "/ui/session", headers: [.authorization: "Bearer \(key)"], access: access)
        let unknown = try await send("/ui/session", access: access)
        let instance = try await send("/ui/instance", access: access)
        let page = try await send("/ui/", access: access)

        #expect(known.object["name"] as? String == "ann")
        #expect(known.object["scopes"] as? [String] == ["jobs:operate", "jobs:read"])
        #expect(known.object["types"] as? [String] == ["mail"])
        #expect(known.object["read_only"] as? Bool == false)
        #expect(unknown.status == 401 && instance.status == 401)
        #expect(page.status == 200)
    }

    @Test("the instance tells its version, its store and its load")
    func instance() async throws {
        let answer = try await send("/ui/instance").object

        #expect(answer["version"] as? String == "1.2.3")
        #expect(answer["store"] as? String == "in memory")
        #expect(answer["waiting"] as? Int == 7)
        #expect(answer["components"] != nil)
    }
}
