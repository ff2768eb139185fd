import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import HTTPEdge

@Suite("Routes of an endpoint")
struct EndpointResponderTests {
    private func respond(
        _ route: EndpointRoute, _ method: HTTPRequest.Method = .post, _ path: String = "/route",
        options: EndpointOptions = EndpointOptions(port: 0)
    ) async throws -> Answer {
        let responder = EndpointResponder(
            options: options, routes: ["/route": route], refusals: Refusals(label: "refused"))
        let head = HTTPRequest(method: method, scheme: "http", authority: "x", path: path)
        let body = RequestBody(buffer: ByteBuffer())
        return try await responder.respond(to: Request(head: head, body: body))
    }

    private func failing(_ error: any Error) -> EndpointRoute {
        EndpointRoute(method: .post) { _ in throw error }
    }

    @Test("the context set by admit is passed to the handler")
    func context() async throws {
        var route = EndpointRoute(method: .post) { call in
            .json(ByteBuffer(string: call.context as? String ?? ""))
        }
        route.admit = { $0.context = "known" }

        #expect(try await respond(route).body == ByteBuffer(string: "known"))
    }

    @Test("a call that is not admitted is not handled, but reported")
    func refused() async throws {
        try await confirmation { heard in
            var route = EndpointRoute(method: .post) { _ in
                Issue.record("handled")
                return .nothing
            }
            route.admit = { call in
                call.context = "known"
                throw HTTPFailure.overloaded
            }
            route.onRefusal = { call, error in
                #expect(call.context as? String == "known")
                #expect((error as? HTTPFailure)?.code == "OVERLOADED")
                heard()
            }

            let answer = try await respond(route)
            #expect(answer.status == .serviceUnavailable)
        }
    }

    @Test("an unknown path is answered 404, a wrong method 405")
    func unknown() async throws {
        #expect(try await respond(failing(CancellationError()), .post, "/none").status == .notFound)
        let answer = try await respond(failing(CancellationError()), .get)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "POST")
    }

    @Test("operations over the limit are refused, requests for information are not")
    func limit() async throws {
        var options = EndpointOptions(port: 0)
        options.maxRequests = 0
        let post = EndpointRoute(method: .post) { _ in .nothing }
        let get = EndpointRoute(method: .get) { _ in .nothing }

        #expect(try await respond(post, options: options).status == .serviceUnavailable)
        #expect(try await respond(get, .get, options: options).status == .noContent)
    }

    @Test("a large answer is refused only if the operation changed nothing")
    func answerMemory() async throws {
        var options = EndpointOptions(port: 0)
        options.answerMemory = 1
        let large = ByteBuffer(repeating: 0x20, count: Answer.smallSize + 1)
        var route = EndpointRoute(method: .post) { _ in .json(large) }
        #expect(try await respond(route, options: options).status == .ok)

        route.readsOnly = true
        #expect(try await respond(route, options: options).status == .serviceUnavailable)
    }

    @Test("in maintenance only the routes marked for it are served")
    func maintenance() async throws {
        let options = EndpointOptions(port: 0, maintenanceEnabled: true)
        var route = EndpointRoute(method: .get) { _ in .nothing }
        #expect(try await respond(route, .get, options: options).status == .serviceUnavailable)

        route.answersInMaintenance = true
        #expect(try await respond(route, .get, options: options).status == .noContent)
    }

    private struct Teapot: HTTPFailureConvertible {
        var httpFailure: HTTPFailure {
            HTTPFailure(
                status: .init(code: 418), category: "Pot", code: "TEAPOT", message: "No coffee")
        }
    }

    private struct Unknown: Error {}

    @Test("errors can define their answer, others are answered 500")
    func errors() async throws {
        #expect(try await respond(failing(Teapot())).status.code == 418)
        #expect(try await respond(failing(Unknown())).status == .internalServerError)
        #expect(try await respond(failing(CancellationError())).status == .serviceUnavailable)
        #expect(HTTPFailure(Unknown()).isOutcome && !HTTPFailure(Teapot()).isOutcome)
        await #expect(throws: ConnectionLost.self) {
            try await respond(failing(ConnectionLost(reason: Unknown())))
        }
    }
}
