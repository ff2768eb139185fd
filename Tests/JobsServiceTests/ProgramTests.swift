import Foundation
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(2))) struct ProgramTests {
    /// Lends a file with a configuration.
    private func withConfig<Result>(
        _ text: String, name: String = "config.yml", _ body: (String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFiles([name: Data(text.utf8)]) { directory in
            try await body("\(directory)/\(name)")
        }
    }

    /// Runs the program until it exits by itself.
    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws
        -> (status: Int32, output: String, error: String)
    {
        try await RunningProgram.with(arguments, environment: environment) { program in
            let status = try await program.waitForExit()
            return (status, program.output, program.error)
        }
    }

    @Test("--help prints the help and exits with 0", arguments: ["-h", "--help"])
    func help(option: String) async throws {
        let (status, output, error) = try await run([option])

        #expect(status == 0)
        #expect(error == "")
        for word in [
            "--config", "--param", "--help", "HTTP_PORT", "MONGO_SERVICE_URI", "serve", "migrate",
            "health",
        ] {
            #expect(output.contains(word))
        }
    }

    @Test("the program raises its limit of open files to that of the system")
    func openFiles() async throws {
        try await RunningProgram.with(
            environment: ["HTTP_PORT": "\(try freePort())"], openFiles: 128
        ) { program in
            try await program.waitForLine("started.")
            let line = program.limits.split(separator: "\n").first {
                $0.hasPrefix("Max open files")
            }
            let numbers = try #require(line).split(separator: " ").compactMap { Int($0) }
            #expect(numbers.count == 2 && numbers[0] == numbers[1])
            #expect(numbers[0] > 128)
        }
    }

    @Test("--version prints the version")
    func version() async throws {
        let (status, output, error) = try await run(["--version"])

        #expect(status == 0)
        #expect(output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
        #expect(error == "")
    }

    @Test(
        "an unknown option starts nothing, and its value is not shown",
        arguments: [
            ["--parm", "PASS=secret"], ["--parm=secret"], ["-x", "secret"], ["serve", "--Version"],
            ["-c", "config/config.yml", "--port", "secret"],
        ])
    func unknownOption(arguments: [String]) async throws {
        let (status, output, error) = try await run(arguments)

        #expect(status == 64)
        #expect(output == "")
        #expect(error.contains("Unknown option -"))
        #expect(!error.contains("secret"))
    }

    @Test("an option without its value is a usage error")
    func usage() async throws {
        let (status, output, error) = try await run(["--config"])

        #expect(status == 64)
        #expect(output == "")
        #expect(error.contains("--config"))
    }

    @Test("a misspelled subcommand starts nothing")
    func unknownSubcommand() async throws {
        let (status, _, error) = try await run(["complet", "7"])

        #expect(status == 64)
        #expect(error.contains("complet is not a subcommand; did you mean jobsctl complete?"))
    }

    @Test("a missing file stops the start in one line")
    func missingFile() async throws {
        let (status, output, error) = try await run(["-c", "nowhere.yml"])

        #expect(status == 1)
        #expect(output == "")
        #expect(
            error.isFatalLine(
                "nowhere.yml: cannot be read: No such file or directory (READ_FAILED)"))
    }

    @Test("an invalid YAML file stops the start in one line")
    func badYAML() async throws {
        try await withConfig("- a: [\n- b") { file in
            let (status, _, error) = try await run(["-c", file])

            #expect(status == 1)
            #expect(
                error.isFatalLine(
                    "\(file):2:1: is no YAML: while parsing a flow node: "
                        + "did not find expected node content (BAD_CONFIG)"))
        }
    }

    @Test("an unknown component stops the start in one line, at every log level")
    func unknownDescriptor() async throws {
        let text = """
            - descriptor: pip-services:logger:null:default:1.0
            - descriptor: pip-services-jobs:persistence:couchbase:default:1.0
            """
        try await withConfig(text) { file in
            let (status, _, error) = try await run(["-c", file])

            #expect(status == 1)
            #expect(
                error.isFatalLine(
                    "\(file): pip-services-jobs:persistence:couchbase:default:1.0: "
                        + "is no component that this service knows (CANNOT_CREATE)"))
        }
    }

    @Test("environment variables override parameters")
    func environmentWins() async throws {
        try await withConfig("- descriptor: {{A}}-{{B}}") { file in
            let (_, _, error) = try await run(
                ["-c", file, "-c", "second", "-p", "A=parameter;B=parameter"],
                environment: ["A": "environment"])

            #expect(error.contains("but is \"environment-parameter\" (BAD_DESCRIPTOR)"))
        }
    }

    @Test("a file with nothing to run stops the start")
    func nothingToRun() async throws {
        try await withConfig("[]", name: "config.json") { file in
            let (status, _, error) = try await run(["-c", file])

            #expect(status == 1)
            #expect(error.isFatalLine("\(file): has nothing in it to run (BAD_CONFIG)"))
        }
    }

    @Test(
        "it starts without HTTP, warns about ignored keys, and logs its end",
        arguments: [SIGINT, SIGTERM])
    func startAndStop(signal: Int32) async throws {
        let text = """
            - descriptor: pip-services:context-info:default:default:1.0
              name: shop
            - descriptor: pip-services-jobs:persistence:memory:default:1.0
            - descriptor: pip-services-jobs:controller:default:default:1.0
              options: {max_retires: 5}
            """
        try await withConfig(text) { file in
            try await RunningProgram.with(["-c", file]) { program in
                try await program.waitForLine("Container shop started.")
                program.send(signal)

                #expect(try await program.waitForExit() == 0)
                #expect(
                    program.output.logged == [
                        "shop:INFO jobs \(Version.current)",
                        "shop:INFO Press Control-C to stop the microservice...",
                        "shop:INFO Jobs are kept in memory and are gone when the process ends",
                        "shop:INFO Container shop started.", "shop:INFO Goodbye!",
                    ])
                #expect(
                    program.error.logged == [
                        "shop:WARN \(file): pip-services-jobs:controller:default:default:1.0: "
                            + "options.max_retires: is no key of this component and has no effect"
                    ])
            }
        }
    }
}

extension String {
    /// Whether this is only the line of a failed start.
    fileprivate func isFatalLine(_ message: String) -> Bool {
        logged == ["jobs:FATAL Failed to start container: \(message)"]
    }

    /// The lines of a log without their times.
    var logged: [String] {
        split(separator: "\n").map {
            let time = #/:\d{4}-\d{2}-\d{2}T[\d:.]{12}Z\] /#
            return String($0.replacing(time, with: " ", maxReplacements: 1).trimmingPrefix("["))
        }
    }
}
