import Foundation
import Testing

/// Secrets that must not be in the log, checked at the most verbose level.
@Suite(.timeLimit(.minutes(2))) struct SecretsTests {
    private let console = """
        - descriptor: pip-services:logger:console:default:1.0
          level: trace

        """

    private func post(_ operation: String, _ body: String, port: Int) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write(
            "POST /v1/jobs/\(operation)?access=sesame-query HTTP/1.1\r\nHost: h\r\n"
                + "Authorization: Bearer sesame-key\r\nX-API-Key: sesame-key\r\n"
                + "Content-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try connection.readToEnd()
    }

    @Test("params, lock tokens and credentials of callers are not logged")
    func requests() async throws {
        let port = try freePort()
        let config = """
            - descriptor: pip-services-jobs:persistence:memory:default:1.0
            - descriptor: pip-services-jobs:controller:default:default:1.0
            - descriptor: pip-services:endpoint:http:default:1.0
              connection: {host: 127.0.0.1, port: \(port)}
            - descriptor: pip-services-jobs:service:http:default:1.0
            """
        try await withTemporaryFiles(["config.yml": Data((console + config).utf8)]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                let job = #"{"type":"t","ref_id":"r","ttl":0,"params":{"sesame":"sesame"}}"#
                _ = try post("add_job", #"{"new_job":\#(job)}"#, port: port)
                _ = try post("add_jobs", #"{"new_jobs":[\#(job)]}"#, port: port)
                let started = try post(
                    "start_job_by_type", #"{"type":"t","timeout":60000}"#, port: port)
                let token = try #require(started.firstMatch(of: #/"lock_token":"(\w+)"/#)?.1)
                let id = try #require(started.firstMatch(of: #/"id":"(\w+)"/#)?.1)
                for (operation, token) in [
                    ("extend_job", "sesame-token"), ("extend_job", "\(token)"),
                    ("abort_job", "\(token)"), ("complete_job", "\(token)"),
                ] {
                    _ = try post(
                        operation,
                        #"{"job_id":"\#(id)","timeout":1,"lock_token":"\#(token)"}"#, port: port)
                }
                for wrong in [
                    #"{"new_job":{"params":"sesame","ttl":"sesame"}}"#, #"{"sesame":sesame}"#,
                    #"["sesame"]"#,
                ] {
                    _ = try post("add_job", wrong, port: port)
                }
                try await program.waitForLine("Executed v1/jobs.complete_job method")
                program.send(SIGTERM)
                #expect(try await program.waitForExit() == 0)

                let log = program.output + program.error
                #expect(log.contains("job_id=\(id)"))
                #expect(
                    log.split(separator: "\n").count {
                        $0.contains("Failed to execute v1/jobs.add_job")
                    } == 3)
                #expect(!log.contains("sesame"))
                #expect(!log.contains(token))
            }
        }
    }

    @Test(
        "the credentials of an unavailable database are not logged",
        arguments: [
            "{uri: 'mongodb://ann:sesame@127.0.0.1:PORT/app?authMechanismProperties=K:sesame'}",
            "{host: 127.0.0.1, port: PORT, database: app}\n  credential: {username: ann, password: sesame}",
            "{uri: 'mongodb://ann:ses@me/sesame@127.0.0.1:PORT/app'}",
            "{uri: 'http://ann:sesame@127.0.0.1:PORT/app'}",
        ])
    func database(connection: String) async throws {
        try await withTakenPort { port in
            let config = """
                - descriptor: pip-services-jobs:persistence:mongodb:default:1.0
                  connection: \(connection.replacing("PORT", with: "\(port)"))
                  options: {start_timeout: 1500, connect_timeout: 500}
                - descriptor: pip-services-jobs:controller:default:default:1.0
                """
            try await withTemporaryFiles(["config.yml": Data((console + config).utf8)]) {
                directory in
                try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                    let status = try await program.waitForExit()

                    #expect(status == 1)
                    let log = program.output + program.error
                    #expect(log.contains("FATAL"))
                    #expect(!log.contains("sesame"))
                }
            }
        }
    }

    @Test(
        "the error of a refused setting does not show its credentials",
        arguments: [
            "connection: {uri: 'http://ann:sesame@127.0.0.1:99999'}",
            "connection: {uri: 'ftp://ann:sesame@127.0.0.1'}",
            "connection: {protocol: https, port: 1}\n  credential: {sesame: sesame, password: sesame}",
        ])
    func endpoint(settings: String) async throws {
        let config = """
            - descriptor: pip-services:endpoint:http:default:1.0
              \(settings)
            """
        try await withTemporaryFiles(["config.yml": Data((console + config).utf8)]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                let status = try await program.waitForExit()

                #expect(status == 1)
                let log = program.output + program.error
                #expect(log.contains("FATAL"))
                #expect(!log.contains("ann:"))
                #expect(!log.contains(": sesame"))
            }
        }
    }
}
