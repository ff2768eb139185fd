import Foundation
import JSON
import NIOCore
import Testing

/// The log of the built program.
@Suite(.timeLimit(.minutes(2))) struct LogProgramTests {
    private func config(port: Int, level: String, format: String = "text") -> Data {
        Data(
            """
            - descriptor: pip-services:logger:console:default:1.0
              level: \(level)
              format: \(format)
            - descriptor: pip-services-jobs:persistence:memory:default:1.0
            - descriptor: pip-services-jobs:controller:default:default:1.0
            - descriptor: pip-services:endpoint:http:default:1.0
              connection: {host: 127.0.0.1, port: \(port)}
            - descriptor: pip-services-jobs:service:http:default:1.0
            """.utf8)
    }

    private func post(_ operation: String, _ body: String, port: Int, head: String = "") throws
        -> String
    {
        let connection = try RawConnection(port: port)
        try connection.write(
            "POST /v1/jobs/\(operation) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\n\(head)Content-Length: \(body.utf8.count)"
                + "\r\n\r\n\(body)")
        return try connection.readToEnd()
    }

    @Test("SIGHUP applies the current level of the file")
    func level() async throws {
        let port = try freePort()
        try await withTemporaryFiles(["config.yml": config(port: port, level: "info")]) {
            directory in
            let file = URL(filePath: "\(directory)/config.yml")
            try await RunningProgram.with(["-c", file.path()]) { program in
                try await program.waitForLine("Container jobs started.")
                _ = try post("get_jobs", "{}", port: port)
                #expect(!program.output.contains("DEBUG"))

                try config(port: port, level: "debug").write(to: file)
                program.send(SIGHUP)
                try await program.waitForLine("Log level is now debug")
                _ = try post("get_jobs?correlation_id=7", "{}", port: port)
                try await program.waitForLine("] Executed v1/jobs.get_jobs method")
                #expect(!program.output.contains("TRACE"))

                try Data("- nothing".utf8).write(to: file)
                program.send(SIGHUP)
                try await program.waitForLine("The log level stays debug: \(file.path()): ")
                _ = try post("clean_jobs", "{}", port: port)
                try await program.waitForLine("] Executed v1/jobs.clean_jobs method")

                try FileManager.default.removeItem(at: file)
                program.send(SIGHUP)
                try await program.waitForLine("cannot be read: No such file or directory")

                #expect(program.output.contains("[7:DEBUG:"))
                program.send(SIGTERM)
                #expect(try await program.waitForExit() == 0)
            }
        }
    }

    @Test("SIGHUP does not end a start that waits for its database")
    func duringStart() async throws {
        try await withTakenPort { port in
            let config = """
                - descriptor: pip-services-jobs:persistence:mongodb:default:1.0
                  connection: {uri: 'mongodb://127.0.0.1:\(port)/app'}
                  options: {start_timeout: 3000, connect_timeout: 500}
                - descriptor: pip-services-jobs:controller:default:default:1.0
                """
            try await withTemporaryFiles(["config.yml": Data(config.utf8)]) { directory in
                try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                    try await program.waitForLine("MongoDB is not available yet")

                    program.send(SIGHUP)

                    let status = try await program.waitForExit()
                    #expect(status == 1)
                }
            }
        }
    }

    @Test("a stop ends a start that waits for its database", arguments: [SIGTERM, SIGINT])
    func stopDuringStart(signal: Int32) async throws {
        try await withTakenPort { port in
            let config = """
                - descriptor: pip-services-jobs:persistence:mongodb:default:1.0
                  connection: {uri: 'mongodb://127.0.0.1:\(port)/app'}
                  options: {start_timeout: 3600000}
                - descriptor: pip-services-jobs:controller:default:default:1.0
                """
            try await withTemporaryFiles(["config.yml": Data(config.utf8)]) { directory in
                try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                    try await program.waitForLine("MongoDB is not available yet")

                    program.send(signal)

                    #expect(try await program.waitForExit() == 0)
                    #expect(program.output.hasSuffix("] Goodbye!\n"))
                }
            }
        }
    }

    @Test("with format json every line is an object, with the subject of a command")
    func json() async throws {
        let port = try freePort()
        let config = config(port: port, level: "trace", format: "json")
        try await withTemporaryFiles(["config.yml": config]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                _ = try post(
                    "add_job?correlation_id=%0A%22%00",
                    #"{"new_job": {"type": "t", "ref_id": "r", "ttl": 0}}"#, port: port)
                _ = try post("get_job_by_id", "{}", port: port)
                program.send(SIGTERM)
                #expect(try await program.waitForExit() == 0)

                let lines = try (program.output + program.error).split(separator: "\n").map {
                    try JSONOutline(ByteBuffer(substring: $0), recordedDepth: 1).root
                }
                for line in lines {
                    for name in ["time", "level", "source", "message"] {
                        #expect(line[name]?.string?.isEmpty == false)
                    }
                }
                let added = try #require(lines.first { $0["command"]?.string == "add_job" })
                #expect(added["correlation_id"]?.string == "\n\"\0")
                #expect(added["level"]?.string == "debug")
                #expect(added["type"]?.string == "t")
                #expect(added["job_id"]?.string?.count == 32)
                #expect(added["status"]?.integer == 200)
                #expect(added["duration"]?.kind == .number)
                let failed = try #require(lines.first { $0["status"]?.integer == 400 })
                #expect(failed["level"]?.string == "info")
                #expect(failed["command"]?.string == "get_job_by_id")
                #expect(failed["status"]?.integer == 400)
                #expect(failed["duration"]?.kind == .number)
            }
        }
    }

    @Test("a failed start is logged as an object as well")
    func failedStart() async throws {
        try await withTakenPort { port in
            let config = config(port: port, level: "none", format: "json")
            try await withTemporaryFiles(["config.yml": config]) { directory in
                try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                    #expect(try await program.waitForExit() == 1)

                    let line = try JSONOutline(
                        ByteBuffer(string: program.error), recordedDepth: 1
                    ).root
                    #expect(program.output == "")
                    #expect(line["level"]?.string == "fatal")
                    #expect(line["message"]?.string == "Failed to start container")
                    #expect(line["error"]?.string?.hasSuffix("(CANNOT_CONNECT)") == true)
                }
            }
        }
    }
}
