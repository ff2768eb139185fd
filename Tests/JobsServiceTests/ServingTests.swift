import Foundation
import JobsTestSupport
import Testing

/// The built program from its start to its end, used over HTTP.
@Suite(.timeLimit(.minutes(2))) struct ServingTests {
    /// Sends one request on a new connection and returns the whole answer.
    private func request(_ head: String, body: String = "", port: Int) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write(
            """
            \(head) HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """)
        return try connection.readToEnd()
    }

    private func config(port: Int, shutdownDelay: Int = 0) -> Data {
        Data(
            """
            - descriptor: pip-services:counters:log:default:1.0
            - descriptor: pip-services-jobs:persistence:memory:default:1.0
            - descriptor: pip-services-jobs:controller:default:default:1.0
            - descriptor: pip-services:endpoint:http:default:1.0
              connection: {host: 127.0.0.1, port: \(port)}
              options: {shutdown_delay: \(shutdownDelay)}
            - descriptor: pip-services-jobs:service:http:default:1.0
            - descriptor: pip-services:status-service:http:default:1.0

            """.utf8)
    }

    private func withProgram(
        port: Int, shutdownDelay: Int = 0, _ body: (RunningProgram) async throws -> Void
    ) async throws {
        let config = config(port: port, shutdownDelay: shutdownDelay)
        try await withTemporaryFiles(["config.yml": config]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                try await body(program)
            }
        }
    }

    @Test("without a host it serves IPv4, and IPv6 if available")
    func everyAddress() async throws {
        let port = try freePort()
        let environment = ["HTTP_HOST": "", "HTTP_PORT": "\(port)"]
        try await RunningProgram.with(environment: environment) { program in
            try await program.waitForLine("Container jobs started.")

            let heartbeat = try request("GET /heartbeat", port: port)

            #expect(heartbeat.hasPrefix("HTTP/1.1 200 "))
            #expect(acceptsIPv6(port: port) == hasIPv6Loopback())
        }
    }

    @Test("the default configuration serves jobs, the heartbeat and the status on HTTP_PORT")
    func shipped() async throws {
        let port = try freePort()
        try await RunningProgram.with(environment: ["HTTP_PORT": "\(port)"]) { program in
            try await program.waitForLine("Container jobs started.")

            let job = try request(
                "POST /v1/jobs/add_job",
                body: #"{"new_job": {"type": "t", "ref_id": "r", "ttl": 0}}"#, port: port)
            let heartbeat = try request("GET /heartbeat", port: port)
            let status = try request("GET /status", port: port)

            #expect(job.hasPrefix("HTTP/1.1 200 "))
            #expect(job.contains(#""type":"t","ref_id":"r""#))
            #expect(heartbeat.hasPrefix("HTTP/1.1 200 "))
            #expect(
                status.contains(
                    #""name":"jobs","description":"Jobs orchestration microservice""#))
            #expect(
                status.hasSuffix(
                    """
                    "components":["pip-services:context-info:default:default:1.0",\
                    "pip-services:factory:container:default:1.0",\
                    "pip-services:context-info:default:default:1.0",\
                    "pip-services:logger:console:default:1.0",\
                    "pip-services-jobs:persistence:memory:default:1.0",\
                    "pip-services-jobs:controller:default:default:1.0",\
                    "pip-services-jobs:access:default:default:1.0",\
                    "pip-services:endpoint:http:default:1.0",\
                    "pip-services-jobs:service:http:default:1.0",\
                    "pip-services:heartbeat-service:http:default:1.0",\
                    "pip-services:status-service:http:default:1.0"]}
                    """))
            for (path, start) in [
                ("/openapi.json", #"{"openapi":"3.1.0","info":{"title":"jobs""#),
                ("/v1/jobs/swagger", "openapi: 3.1.0\ninfo:\n  title: jobs"),
                ("/docs", "<!DOCTYPE html>"),
            ] {
                let description = try request("GET \(path)", port: port)
                #expect(description.contains("\r\n\r\n" + start))
            }
            #expect(program.error == "")
        }
    }

    @Test(
        "a file of an older service works unchanged, on HTTP_PORT",
        arguments: OriginalFile.allCases)
    func originalFiles(file: OriginalFile) async throws {
        let port = try freePort()
        try await withTemporaryFiles(["config.yml": Data(file.text.utf8)]) { directory in
            try await RunningProgram.with(
                ["--config", "\(directory)/config.yml", "--param", "HTTP_PORT=\(port)"]
            ) { program in
                try await program.waitForLine("started.")

                let answer = try request("POST /v1/jobs/get_jobs", body: "{}", port: port)

                #expect(answer.hasSuffix(#"{"data":[],"total":null}"#))
                // The only warning is that pages may call, as with the older services.
                let lines = program.error.split(separator: "\n")
                #expect(lines.allSatisfy { $0.contains("Any web page can call") })
            }
        }
    }

    @Test("a service without keys that pages may call causes a warning")
    func pages() async throws {
        for origins in ["*", ""] {
            let port = try freePort()
            try await RunningProgram.with(
                environment: ["HTTP_PORT": "\(port)", "CORS_ORIGINS": origins]
            ) { program in
                try await program.waitForLine("started.")
                program.send(SIGTERM)
                #expect(try await program.waitForExit() == 0)

                #expect(program.error.contains("Any web page can call") == (origins == "*"))
            }
        }
    }

    @Test("a stop refuses new connections, and finishes and counts the running request")
    func gracefulStop() async throws {
        let port = try freePort()
        try await withProgram(port: port) { program in
            let body = #"{"new_job": {"type": "t", "ref_id": "r", "ttl": 0}}"#
            let connection = try RawConnection(port: port)
            try connection.write(
                "POST /v1/jobs/add_job HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
            let goOn = try connection.read(to: "\r\n\r\n")
            #expect(goOn.hasPrefix("HTTP/1.1 100 "))

            program.send(SIGTERM)
            // Without a suspension: the rest of the request has to follow within five seconds, and
            // other tests may hold the threads for longer.
            let end = ContinuousClock.now + .seconds(4)
            while (try? RawConnection(port: port)) != nil, .now < end { usleep(5_000) }
            try connection.write(body)
            #expect((try? RawConnection(port: port)) == nil)

            #expect(try connection.readToEnd().hasPrefix("HTTP/1.1 200 "))
            #expect(try await program.waitForExit() == 0)
            #expect(
                program.output.contains(
                    #"Counter v1/jobs.add_job.exec_count { "type": 4, "count": 1 }"#))
            #expect(program.output.hasSuffix("] Goodbye!\n"))
        }
    }

    @Test("at a stop it is not ready at once, and continues to serve during the delay")
    func shutdownDelay() async throws {
        let port = try freePort()
        try await withProgram(port: port, shutdownDelay: 3000) { program in
            #expect(try request("GET /health/ready", port: port).hasPrefix("HTTP/1.1 200 "))

            program.send(SIGTERM)
            try await eventually {
                try request("GET /health/ready", port: port).hasPrefix("HTTP/1.1 503 ")
            }

            #expect(try request("GET /health/live", port: port).hasPrefix("HTTP/1.1 200 "))
            let jobs = try request("POST /v1/jobs/get_jobs", body: "{}", port: port)
            #expect(jobs.hasPrefix("HTTP/1.1 200 "))
            #expect(try await program.waitForExit() == 0)
        }
    }

    @Test("an idle connection does not delay a stop")
    func idleConnection() async throws {
        let port = try freePort()
        try await withProgram(port: port) { program in
            let connection = try RawConnection(port: port)
            try connection.write("GET /status HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = try connection.read(to: "]}")
            let start = ContinuousClock.now

            program.send(SIGTERM)

            #expect(try await program.waitForExit() == 0)
            #expect(start.duration(to: .now) < .seconds(6))
            #expect(try connection.readToEnd() == "")
        }
    }

    @Test("a port in use stops the start in one line")
    func portInUse() async throws {
        try await withTakenPort { port in
            try await withTemporaryFiles(["config.yml": config(port: port)]) { directory in
                try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                    let status = try await program.waitForExit()

                    #expect(status == 1)
                    #expect(!program.output.contains("started."))
                    #expect(program.error.split(separator: "\n").count == 1)
                    #expect(
                        program.error.contains(
                            "Failed to start container: \(directory)/config.yml: "
                                + "pip-services:endpoint:http:default:1.0: "
                                + "cannot listen on http://127.0.0.1:\(port): "))
                    #expect(program.error.hasSuffix("(CANNOT_CONNECT)\n"))
                }
            }
        }
    }
}
