import Foundation
import Testing

/// The built program with its jobs in a file.
@Suite(.timeLimit(.minutes(2))) struct FileStoreProgramTests {
    private func withProgram<Result>(
        in directory: String, port: Int, _ body: (RunningProgram) async throws -> Result
    ) async throws -> Result {
        try await RunningProgram.with(environment: [
            "FILE_ENABLED": "1", "FILE_PATH": "\(directory)/data/jobs.json",
            "HTTP_PORT": "\(port)",
        ]) { try await body($0) }
    }

    private func post(_ operation: String, _ body: String, port: Int) throws -> String {
        let connection = try RawConnection(port: port)
        try connection.write(
            "POST /v1/jobs/\(operation) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
        return try connection.readToEnd()
    }

    @Test(
        "jobs outlast a stop, which leaves them all in the file, and a kill",
        arguments: [SIGTERM, SIGKILL])
    func outlasting(signal: Int32) async throws {
        try await withTemporaryFiles([:]) { directory in
            let port = try freePort()
            try await withProgram(in: directory, port: port) { program in
                try await program.waitForLine("Container jobs started.")
                let added = try post(
                    "add_job", #"{"new_job": {"type": "t", "ref_id": "r", "ttl": 0}}"#, port: port)
                #expect(added.hasPrefix("HTTP/1.1 200 "))
                #expect(
                    program.output.contains(
                        "] Jobs are kept in the file \(directory)/data/jobs.json\n"))
                #expect(
                    program.output.contains(
                        "] No keys: every caller that reaches 127.0.0.1:\(port) may use every operation\n"
                    ))
                program.send(signal)
                #expect(try await program.waitForExit() == (signal == SIGTERM ? 0 : -SIGKILL))
                #expect(program.error == "")
            }
            if signal == SIGTERM {
                let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/data")
                #expect(names.sorted() == ["jobs.json", "jobs.json.lock"])
            }

            try await withProgram(in: directory, port: port) { program in
                try await program.waitForLine("Container jobs started.")
                let jobs = try post("get_jobs", "{}", port: port)
                #expect(jobs.contains(#""type":"t","ref_id":"r""#))
            }
        }
    }

    @Test("the error of a second start names the process that uses the file")
    func secondStart() async throws {
        try await withTemporaryFiles([:]) { directory in
            try await withProgram(in: directory, port: try freePort()) { first in
                try await first.waitForLine("Container jobs started.")
                try await withProgram(in: directory, port: try freePort()) { second in
                    let status = try await second.waitForExit()
                    #expect(status == 1)
                    #expect(
                        second.error.contains(
                            "pip-services-jobs:persistence:file:default:1.0: path: "
                                + "\(directory)/data/jobs.json: is in use by process "))
                    #expect(second.error.hasSuffix("(FILE_IN_USE)\n"))
                }
            }
        }
    }

    @Test(
        "a mounted file stops the start in one line, and is unchanged",
        .enabled(if: RunningProgram.canMount, "needs a user that may mount"), arguments: ["", " x"])
    func mounted(end: String) async throws {
        try await withTemporaryFiles(["mine.json": Data("[]".utf8)]) { directory in
            let data = "\(directory)/data\(end)"
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: false)
            try Data().write(to: URL(filePath: "\(data)/jobs.json"))
            try await RunningProgram.with(
                environment: [
                    "FILE_ENABLED": "1", "FILE_PATH": "\(data)/jobs.json",
                    "HTTP_PORT": "\(try freePort())",
                ], mount: ("\(directory)/mine.json", "\(data)/jobs.json")
            ) { program in
                let status = try await program.waitForExit()
                #expect(status == 1)
                #expect(
                    program.error.hasSuffix("mount the directory that it lies in (WRITE_FAILED)\n"),
                    "\(program.error)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: data) == ["jobs.json"])
            #expect(
                try Data(contentsOf: URL(filePath: "\(directory)/mine.json")) == Data("[]".utf8))
        }
    }

    @Test(
        "a mounted directory has all accepted jobs",
        .enabled(if: RunningProgram.canMount, "needs a user that may mount"))
    func mountedDirectory() async throws {
        try await withTemporaryFiles([:]) { directory in
            for name in ["mine", "data"] {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(name)", withIntermediateDirectories: false)
            }
            let port = try freePort()
            try await RunningProgram.with(
                environment: [
                    "FILE_ENABLED": "1", "FILE_PATH": "\(directory)/data/jobs.json",
                    "HTTP_PORT": "\(port)",
                ], mount: ("\(directory)/mine", "\(directory)/data")
            ) { program in
                try await program.waitForLine("Container jobs started.")
                _ = try post(
                    "add_job", #"{"new_job": {"type": "t", "ref_id": "r", "ttl": 0}}"#, port: port)
                program.send(SIGTERM)
                #expect(try await program.waitForExit() == 0)
            }
            let jobs = try String(contentsOfFile: "\(directory)/mine/jobs.json", encoding: .utf8)
            #expect(jobs.contains(#""ref_id":"r""#))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/data") == [])
        }
    }

    @Test("an unreadable file stops the start in one line, and is unchanged")
    func unreadable() async throws {
        let broken = Data(#"[{"id": "1", "type": "t"#.utf8)
        try await withTemporaryFiles([:]) { directory in
            let path = "\(directory)/data/jobs.json"
            try FileManager.default.createDirectory(
                atPath: "\(directory)/data", withIntermediateDirectories: false)
            try broken.write(to: URL(filePath: path))

            try await withProgram(in: directory, port: try freePort()) { program in
                let status = try await program.waitForExit()
                #expect(status == 1)
                #expect(
                    program.error.hasSuffix(
                        "\(path): is not a list of jobs: the text ends too early at byte 23 "
                            + "(READ_FAILED)\n"))
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == broken)
        }
    }
}
