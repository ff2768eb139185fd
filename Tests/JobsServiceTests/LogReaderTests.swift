import Foundation
import JobsTestSupport
import Testing

/// The built program while nothing reads its output.
@Suite(.timeLimit(.minutes(2))) struct LogReaderTests {
    private func ask(_ head: String, _ body: String = "", port: Int) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write(
            "\(head) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)"
                + "\r\n\r\n\(body)")
        return try connection.readToEnd()
    }

    /// Calls the service until it answers, since the log does not show the start.
    private func waitUntilLive(port: Int) async throws {
        try await eventually {
            (try? ask("GET /health/live", port: port))?.hasPrefix("HTTP/1.1 200 ") == true
        }
    }

    @Test("a blocked log reader does not delay calls, probes or a stop")
    func stalledReader() async throws {
        let port = try freePort()
        let pipe = Pipe()
        try await RunningProgram.with(
            environment: ["HTTP_PORT": "\(port)", "LOG_LEVEL": "trace"],
            console: pipe.fileHandleForWriting
        ) { program in
            try await waitUntilLive(port: port)
            let type = String(repeating: "x", count: 1000)
            // Lines of more than 400 bytes each time; a pipe takes 64 KiB.
            let job = #"{"type":"\#(type)","ref_id":"r","ttl":0}"#
            for _ in 0..<400 {
                let answer = try ask(
                    "POST /v1/jobs/add_job", #"{"new_job":\#(job)}"#, port: port)
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }

            let metrics = try ask("GET /metrics", port: port)
            let live = try ask("GET /health/live", port: port)
            let ready = try ask("GET /health/ready", port: port)
            program.send(SIGTERM)
            let status = try await program.waitForExit()

            #expect(metrics.contains("\njobs_log_lines_dropped_total 0\n"))
            #expect(live.hasPrefix("HTTP/1.1 200 "))
            #expect(ready.hasPrefix("HTTP/1.1 200 "))
            #expect(status == 0)
        }
    }

    @Test("a log reader that ends does not end the service")
    func goneReader() async throws {
        let port = try freePort()
        let pipe = Pipe()
        try await RunningProgram.with(
            environment: ["HTTP_PORT": "\(port)"], console: pipe.fileHandleForWriting
        ) { program in
            try await waitUntilLive(port: port)
            try pipe.fileHandleForReading.close()

            for _ in 0..<3 {
                let answer = try ask("POST /v1/jobs/start_job_by_type", "{}", port: port)
                #expect(answer.hasPrefix("HTTP/1.1 400 "))
            }
            program.send(SIGTERM)

            #expect(try await program.waitForExit() == 0)
        }
    }
}
