import Foundation
import JobsTestSupport
import Testing

@testable import JobsService

/// The separate port for probes, and the limit of open files, with the built program.
@Suite(.timeLimit(.minutes(2))) struct HealthPortProgramTests {
    private func status(_ port: Int, _ line: String) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write(
            "\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        return try String(connection.readToEnd().prefix(12).suffix(3))
    }

    @Test("the separate port serves probes and metrics, and nothing else")
    func healthPort() async throws {
        let (port, healthPort) = (try freePort(), try freePort())
        let environment = ["HTTP_PORT": "\(port)", "HTTP_HEALTH_PORT": "\(healthPort)"]
        try await RunningProgram.with(environment: environment) { program in
            try await program.waitForLine("Container jobs started.")

            for path in ["/health/live", "/health/ready", "/health", "/heartbeat", "/metrics"] {
                #expect(try status(healthPort, "GET \(path)") == "200")
                #expect(try status(port, "GET \(path)") == "200")
            }
            for line in ["POST /v1/jobs/get_jobs", "GET /status", "GET /openapi.json"] {
                #expect(try status(healthPort, line) == "404")
                #expect(try status(port, line) == "200")
            }
        }
    }

    @Test("connections beyond the limit of open files are refused and do not wait")
    func openFiles() async throws {
        let port = try freePort()
        let environment = ["HTTP_PORT": "\(port)"]
        try await RunningProgram.with(environment: environment, openFilesAtMost: 64) { program in
            try await program.waitForLine("Container jobs started.")
            #expect(program.error.contains("is lowered from 10000 to 28"))

            let connections = try (0..<100).map { _ in try RawConnection(port: port) }
            try await eventually { (try? status(port, "GET /health/live")) == "200" }
            #expect(connections.count == 100)
        }
    }
}
