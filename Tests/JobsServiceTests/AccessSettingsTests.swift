import Foundation
import HTTPTypes
import Jobs
import JobsAPI
import Testing

@testable import HTTPEdge
@testable import JobsHTTP
@testable import JobsService

@Suite("Access control in the configuration") struct AccessSettingsTests {
    private static let component = "pip-services-jobs:access:default:default:1.0"

    /// The plan of a configuration with these lines in the component.
    private func plan(_ lines: String) throws -> ContainerPlan {
        try ConfigText.plan("- descriptor: \(Self.component)\n" + lines.indented)
    }

    private func error(_ lines: String) -> String? {
        do {
            _ = try plan(lines)
            return nil
        } catch { return "\(error)" }
    }

    private func principal(_ key: String, _ plan: ContainerPlan) async throws -> Principal? {
        let settings = try #require(plan.access)
        for authenticator in try await settings.authenticators().known {
            if case .known(let principal) = authenticator.authenticate(key, at: .now()) {
                return principal
            }
        }
        return nil
    }

    @Test(
        "without settings there is no access control",
        arguments: [
            "", "enabled:", "keys_file: ''\njwt: {secret: '', issuer: ''}", "enabled: false",
        ])
    func off(lines: String) throws {
        let plan = try plan(lines)

        #expect(plan.access == nil)
        #expect(plan.warnings == [])
    }

    @Test("the default file has access control only if a variable enables it")
    func ownFile() async throws {
        let keys = "- {name: a, hash: \(APIKey.hash(of: "k")), scopes: 'jobs:read'}"
        try await withTemporaryFiles(["keys.yml": Data(keys.utf8)]) { directory in
            let off = try ContainerPlan(ConfigFile(path: Project.configFile, parameters: [:]))
            let on = try ContainerPlan(
                ConfigFile(
                    path: Project.configFile,
                    parameters: ["ACCESS_KEYS_FILE": "\(directory)/keys.yml"]))

            #expect(off.access == nil)
            #expect(try await principal("k", on) == Principal(name: "a", scopes: [.read]))
        }
    }

    @Test("keys can be in the configuration, with scopes and types as lists or texts")
    func keys() async throws {
        let plan = try plan(
            """
            keys:
              - name: a
                hash: \(APIKey.hash(of: "ka"))
                scopes: ["jobs:work", "jobs:read"]
                types: [mail, "a,b"]
              - {name: b, hash: \(APIKey.hash(of: "kb")), scopes: "jobs:produce, jobs:admin", types: x}
              - {name: c, hash: \(APIKey.hash(of: "kc")), scopes: "jobs:admin"}
            """)

        #expect(plan.warnings == [])
        #expect(
            try await principal("ka", plan)
                == Principal(name: "a", scopes: [.work, .read], types: ["mail", "a,b"]))
        #expect(
            try await principal("kb", plan)
                == Principal(name: "b", scopes: [.produce, .admin], types: ["x"]))
        #expect(try await principal("kc", plan) == Principal(name: "c", scopes: [.admin]))
        #expect(try await principal("kd", plan) == nil)
    }

    @Test("an empty key file refuses every caller")
    func emptyFile() async throws {
        try await withTemporaryFiles(["keys.yml": Data("[]".utf8)]) { directory in
            let plan = try plan("keys_file: \(directory)/keys.yml")
            let access = Access(try await #require(plan.access).authenticators().known)

            #expect(throws: HTTPFailure.self) { try access.principal(of: [.apiKey: "k"]) }
        }
    }

    private static let hash = APIKey.hash(of: "k")

    @Test(
        "an invalid setting stops the start and is named",
        arguments: [
            ("enabled: true", "enabled: is true, but there are no keys"),
            ("enabled: maybe", "enabled: must be true or false"),
            ("keys: [{hash: \(hash), scopes: 'jobs:read'}]", "keys.0.name: must be set"),
            ("keys: [{name: a, scopes: 'jobs:read'}]", "keys.0.hash: must be set"),
            ("keys: [{name: a, hash: \(hash)}]", "keys.0.scopes: must be set"),
            ("keys: [{name: a, hash: \(hash), scopes: []}]", "keys.0.scopes: must be set"),
            (
                "keys: [{name: a, hash: \(hash), scopes: 'jobs:red'}]",
                "keys.0.scopes: must be of jobs:produce, jobs:work, jobs:read, jobs:operate, jobs:admin"
            ),
            (
                "keys: [{name: a, hash: \(hash), scopes: 'jobs:read', types: []}]",
                "keys.0.types: must not be"
            ),
            (
                "keys: [{name: a, hash: \(hash), scopes: 'jobs:read', types: ''}]",
                "keys.0.types: must not be"
            ),
            (
                "keys: [{name: a, hash: \(hash), scopes: 'jobs:read', types: }]",
                "keys.0.types: must not be"
            ),
            (
                "keys: [{name: a, hash: secret, scopes: 'jobs:read'}]",
                "keys.0.hash: must be the SHA-256"
            ),
            ("key_file: keys.yml", "key_file: is no key of this component"),
            ("jwt: {issuer: i}", "jwt.issuer: needs jwt.jwks_file"),
            ("jwt: {secret: secret, leeway: x}", "jwt.leeway: must be a number"),
        ])
    func wrong(lines: String, message: String) throws {
        let text = try #require(error(lines))

        #expect(text.hasPrefix("c.yml: \(Self.component): \(message)"))
        #expect(!text.contains("\"secret\""))
    }

    @Test(
        "an invalid file stops the start and is named",
        arguments: [
            ("keys_file", nil, "cannot be read: No such file"),
            ("keys_file", "a: [", ":2:1 is no YAML"), ("keys_file", "", " must be a list of keys"),
            ("keys_file", "- {name: a, hash: h, scopes: 'jobs:read'}", ": key 1: hash must be"),
            ("keys_file", "- {name: a, scoops: x}", ": key 1: scoops is not part of a key"),
            (
                "keys_file", "- {name: a, hash: \(hash), scopes: 'jobs:read', types: []}",
                ": key 1: types must not be empty"
            ),
            ("jwt.jwks_file", nil, " cannot be read: No such file"),
            ("jwt.jwks_file", "{}", " holds no JSON Web Key Set"),
            ("jwt.public_key_file", "x", " holds no public key in PEM"),
        ] as [(String, String?, String)])
    func wrongFiles(key: String, contents: String?, message: String) async throws {
        let files = contents.map { ["file": Data($0.utf8)] } ?? [:]
        try await withTemporaryFiles(files) { directory in
            let path = "\(directory)/file"
            let names = key.split(separator: ".")
            let lines = names.count == 1 ? "\(key): \(path)" : "jwt: {\(names[1]): \(path)}"
            let settings = try #require(try plan(lines).access)

            let error = await #expect(throws: ConfigError.self) {
                try await settings.authenticators()
            }

            let text = try #require(error).description
            #expect(text.hasPrefix("c.yml: \(Self.component): \(key): \(path)"))
            #expect(text.contains(message))
        }
    }

    @Test("a short secret stops the start, and is not repeated")
    func shortSecret() async throws {
        let settings = try #require(try plan("jwt: {secret: tooshort}").access)

        let error = await #expect(throws: ConfigError.self) {
            try await settings.authenticators()
        }

        #expect(error?.key == "jwt.secret")
        #expect(error?.description.contains("tooshort") == false)
    }

    @Test("the same key for two callers stops the start")
    func sameKey() async throws {
        let entry = "{name: a, hash: \(Self.hash), scopes: 'jobs:read'}"
        let settings = try #require(try plan("keys: [\(entry), \(entry)]").access)

        await #expect(throws: ConfigError.self) { try await settings.authenticators() }
    }

    @Test("settings that admit more callers than expected cause a warning")
    func warnings() throws {
        let key = "keys: [{name: a, hash: \(Self.hash), scopes: 'jobs:read'}]"

        #expect(try plan("enabled: false\n\(key)").warnings.count == 1)
        #expect(try plan("jwt: {jwks_file: f}").warnings.count == 2)
        #expect(try plan("jwt: {jwks_file: f, issuer: i, audience: 'a, b'}").warnings.isEmpty)
    }

    @Test(
        "keys over plain http cause a warning, unless they stay on this machine",
        arguments: [
            ("0.0.0.0", 1), ("10.0.0.1", 1), ("127.0.0.1", 0), ("localhost", 0), ("'::1'", 0),
        ])
    func plainHTTP(host: String, count: Int) throws {
        let text = """
            - descriptor: pip-services:endpoint:http:x:1.0
              connection: {port: 1, host: \(host)}
            - descriptor: \(Self.component)
              keys: [{name: a, hash: \(Self.hash), scopes: 'jobs:read'}]
            """
        let warnings = try ConfigText.plan(text).warnings

        #expect(warnings.count == count)
        #expect(warnings.allSatisfy { $0.contains("connection.protocol: is http") })
    }

    @Test("there can be only one component for access control")
    func two() throws {
        let one = """
            - descriptor: \(Self.component)
              keys: [{name: a, hash: \(Self.hash), scopes: 'jobs:read'}]

            """
        #expect(throws: ConfigError.self) { try ConfigText.plan(one + one) }
    }

    @Test("a reload applies new files, and keeps the old keys if a file is invalid")
    func reload() async throws {
        let entry = { (key: String) in
            Data("- {name: a, hash: \(APIKey.hash(of: key)), scopes: 'jobs:read'}".utf8)
        }
        try await withTemporaryFiles(["keys.yml": entry("old")]) { directory in
            let file = URL(filePath: "\(directory)/keys.yml")
            let settings = try #require(try plan("keys_file: \(file.path())").access)
            let reloadable = try await ReloadableAccess(settings)

            try entry("new").write(to: file)
            try await reloadable.reload()
            try Data("broken".utf8).write(to: file)
            await #expect(throws: ConfigError.self) { try await reloadable.reload() }

            #expect(reloadable.access.knows("new"))
            #expect(!reloadable.access.knows("old"))
        }
    }

    @Test("delete_jobs is forbidden only if the configuration says so")
    func deletingAll() throws {
        for (lines, isAllowed) in [("", true), ("options: {allow_delete_jobs: false}", false)] {
            let plan = try ConfigText.plan(
                ConfigText.memory + ConfigText.controller + ConfigText.service + lines.indented)
            let served = plan.endpoints.first?.served.first

            guard case .jobs(_, _, _, let allowsDeletingAll, _) = served else {
                Issue.record("no jobs")
                continue
            }
            #expect(allowsDeletingAll == isAllowed)
        }
    }
}

extension Access {
    fileprivate func knows(_ key: String) -> Bool {
        (try? principal(of: [.authorization: "Bearer \(key)"])) != nil
    }
}

extension String {
    /// The text indented as part of a list item.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
            .joined(separator: "\n")
    }
}
