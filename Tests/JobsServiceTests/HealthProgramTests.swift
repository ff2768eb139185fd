import Foundation
import Testing

@testable import JobsService

/// `jobs health` with and without a running service.
@Suite(.timeLimit(.minutes(2))) struct HealthProgramTests {
    private func health(_ arguments: [String] = [], port: Int) async throws
        -> (status: Int32, error: String)
    {
        let environment = ["HTTP_PORT": "\(port)"]
        return try await RunningProgram.with(["health"] + arguments, environment: environment) {
            (try await $0.waitForExit(), $0.error)
        }
    }

    @Test("it finds the service that runs with its configuration", arguments: [[], ["--live"]])
    func ready(arguments: [String]) async throws {
        let port = try freePort()
        try await RunningProgram.with(environment: ["HTTP_PORT": "\(port)"]) { program in
            try await program.waitForLine("Container jobs started.")

            let (status, error) = try await health(arguments, port: port)

            #expect(status == 0)
            #expect(error == "")
        }
    }

    @Test("it fails if no service runs")
    func absent() async throws {
        let (status, error) = try await health(port: try freePort())

        #expect(status == 1)
        #expect(error == "Error: The service cannot be reached: Connection refused\n")
    }

    @Test("a service in maintenance is live, and not ready")
    func maintenance() async throws {
        let port = try freePort()
        let text =
            ConfigText.memory + ConfigText.controller + ConfigText.service + """
                  connection: {host: 0.0.0.0, port: \(port)}
                  options: {maintenance_enabled: true}
                """
        try await withTemporaryFiles(["config.yml": Data(text.utf8)]) { directory in
            let config = ["-c", "\(directory)/config.yml"]
            try await RunningProgram.with(config) { program in
                try await program.waitForLine("Container jobs started.")

                let (status, error) = try await health(config, port: port)

                #expect(status == 1)
                #expect(error.hasPrefix("Error: The service answers 503: "))
                #expect(try await health(config + ["--live"], port: port).status == 0)
            }
        }
    }

    @Test("it fails after its timeout if the service does not answer")
    func silence() async throws {
        try await withTakenPort { port in
            let (status, error) = try await health(["--timeout", "300"], port: port)

            #expect(status == 1)
            #expect(error == "Error: The service does not answer\n")
        }
    }

    @Test("a service on all interfaces is checked over the loopback interface")
    func local() {
        #expect(HealthCommand.local("0.0.0.0") == ["127.0.0.1"])
        #expect(HealthCommand.local("::") == ["127.0.0.1", "::1"])
        #expect(HealthCommand.local("10.1.2.3") == ["10.1.2.3"])
    }
}
