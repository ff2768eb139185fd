import Foundation
import Testing

/// The metrics of the built program at `/metrics`. (scripts/check/metrics checks their format.)
@Suite(.timeLimit(.minutes(2))) struct MetricsProgramTests {
    private func get(_ path: String, port: Int) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write("GET \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        return try connection.readToEnd()
    }

    private func post(_ operation: String, _ body: String, port: Int) throws {
        let connection = try RawConnection(port: port)
        try connection.write(
            "POST /v1/jobs/\(operation) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        _ = try connection.readToEnd()
    }

    private func withProgram(
        _ text: String, _ body: (RunningProgram, _ port: Int, _ other: Int) async throws -> Void
    ) async throws {
        let (port, other) = (try freePort(), try freePort())
        let config =
            ConfigText.memory + ConfigText.controller + ConfigText.endpoint("default", port: port)
            + ConfigText.endpoint("other", port: other) + ConfigText.service
            + "  dependencies: {endpoint: \"*:endpoint:http:default:1.0\"}\n" + text
        try await withTemporaryFiles(["config.yml": Data(config.utf8)]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                try await body(program, port, other)
            }
        }
    }

    @Test("the endpoint of the jobs serves the metrics of jobs, process and store")
    func asShipped() async throws {
        let port = try freePort()
        try await RunningProgram.with(environment: ["HTTP_PORT": "\(port)"]) { program in
            try await program.waitForLine("Container jobs started.")
            for type in ["mail", "mail", "re\\\"port"] {
                try post(
                    "add_job", #"{"new_job":{"type":"\#(type)","ref_id":"1","ttl":0}}"#, port: port)
            }
            try post("start_job_by_type", #"{"type":"mail","timeout":60000}"#, port: port)
            try post("start_job_by_type", #"{"type":"none","timeout":60000}"#, port: port)

            var answer = try get("/metrics", port: port)
            // The connection of the previous call may still be open for a moment.
            for _ in 0..<200 where !answer.contains("\njobs_connections 1\n") {
                try await Task.sleep(for: .milliseconds(10))
                answer = try get("/metrics", port: port)
            }

            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            for line in [
                #"exec_count{service="v1/jobs",command="add_job"} 3"#,
                #"jobs_added_total{type="mail"} 2"#, #"jobs_added_total{type="re\"port"} 1"#,
                #"jobs_claims_total{type="mail"} 1"#, #"jobs_empty_claims_total{type="other"} 1"#,
                #"jobs_add_to_claim_seconds_count{type="mail"} 1"#,
                #"jobs_stored{type="mail",state="ready"} 1"#,
                #"jobs_stored{type="mail",state="running"} 1"#, #"jobs_ready{type="mail"} 1"#,
                #"jobs_stored{type="mail",state="failed"} 0"#,
                #"jobs_stored{type="mail",state="cancelled"} 0"#,
                #"jobs_dead_letters_total{type="mail"} 0"#,
                #"jobs_cleaned_total{reason="failed"} 0"#,
                "jobs_store_up 1", "jobs_requests_in_flight 0", "jobs_waiting_claims 0",
                "jobs_connections 1",
            ] { #expect(answer.contains("\n\(line)\n"), "\(line)") }
            for name in ["event_loop_lag_seconds", "process_resident_memory_bytes"] {
                #expect(answer.contains("\n\(name) "), "\(name)")
            }
            program.send(SIGTERM)
            #expect(try await program.waitForExit() == 0)
            #expect(!program.output.contains("Counter jobs_added_total"))
        }
    }

    @Test("a configured route replaces the default one")
    func elsewhere() async throws {
        let service = """
            - descriptor: pip-services:counters:prometheus:default:1.0
              connection: {uri: "http://localhost:1"}
            - descriptor: pip-services:metrics-service:prometheus:default:1.0
              base_route: inner
              dependencies: {endpoint: "*:endpoint:http:other:1.0"}

            """
        try await withProgram(service) { program, port, other in
            try post("get_jobs", "{}", port: port)

            let answer = try get("/inner/metricsandreset", port: other)

            let line = #"exec_count{service="v1/jobs",command="get_jobs"} "#
            #expect(answer.contains("\n\(line)1\n"))
            #expect(try get("/inner/metrics", port: other).contains("\n\(line)0\n"))
            #expect(try get("/metrics", port: port).hasPrefix("HTTP/1.1 404 "))
            #expect(
                (program.output + program.error).contains(
                    "connection.uri: has no effect, as nothing is pushed: see GET /metrics"))
        }
    }
}
