import Foundation
import HTTPEdge
import Testing

@testable import JobsService

/// The program where there is no configuration file.
@Suite(.timeLimit(.minutes(2))) struct BuiltInConfigTests {
    @Test("jobs config prints the shipped file")
    func prints() async throws {
        try await RunningProgram.with(["config"]) { program in
            #expect(try await program.waitForExit() == 0)
            let shipped = try String(contentsOfFile: Project.configFile, encoding: .utf8)
            #expect(program.output == shipped)
        }
    }

    @Test("without a file it keeps jobs in memory, on the loopback interface, and says so")
    func starts() async throws {
        let port = try freePort()
        try await withTemporaryFiles([:]) { directory in
            try await RunningProgram.with(
                environment: ["HTTP_PORT": "\(port)"], workingDirectory: directory
            ) { program in
                try await program.waitForLine("Container jobs started.")

                let told = [
                    "There is no ./config/config.yml: using the built-in one",
                    "Jobs are kept in memory",
                    "No keys: every caller that reaches 127.0.0.1:\(port) ",
                ]
                for line in told { #expect(program.output.contains(line), "\(program.output)") }
                #expect(program.error == "")
            }
        }
    }

    @Test("the other store and address that the environment names are used")
    func environment() throws {
        let file = try ConfigFile(
            defaultsFor: ["HTTP_HOST": "10.1.2.3", "FILE_ENABLED": "1"], in: "/nonexistent")
        let plan = try ContainerPlan(file)

        #expect(file.isBuiltIn)
        #expect(plan.endpoints.map(\.settings.options.host) == ["10.1.2.3"])
        #expect(plan.components.contains("pip-services-jobs:persistence:file:default:1.0"))
        #expect(plan.warnings == [])
    }

    @Test(
        "a file that is there is used, also with the other extension", arguments: ["yml", "yaml"])
    func file(extension: String) throws {
        let text = "- descriptor: pip-services:context-info:default:default:1.0\n  name: mine"
        try withTemporaryFiles(["config.\(`extension`)": Data(text.utf8)]) { directory in
            let file = try ConfigFile(defaultsFor: [:], in: directory)

            #expect(!file.isBuiltIn && file.path.hasSuffix("config.\(`extension`)"))
            #expect(file.components.first?["name"] == "mine")
        }
    }

    @Test("a default file that cannot be read stops the start")
    func unreadable() throws {
        try withTemporaryFiles(["config.yml": Data([0xFF])]) { directory in
            _ = #expect(throws: ConfigError.self) {
                try ConfigFile(defaultsFor: [:], in: directory)
            }
        }
    }
}
