import Foundation
import JobsTestSupport

/// The built program `jobs` as a process of its own.
final class RunningProgram {
    private let process = Process()
    private let directory: URL

    /// Runs the program while `body` runs, and ends it on every way out.
    ///
    /// - Parameters:
    ///   - environment: the whole of it; nothing of the tests' own environment is in it. Without a word
    ///     about it the shipped configuration listens on the loopback interface only.
    ///   - openFiles: how many open files the program may begin with; it may raise that.
    ///   - openFilesAtMost: how many it may have, whatever it does.
    ///   - mount: a file or directory, and where the program alone sees it as well; takes a user that
    ///     may mount, see ``canMount``.
    ///   - console: where it writes, instead of to ``output`` and ``error``.
    static func with<Result>(
        _ arguments: [String] = [], environment: [String: String] = [:], openFiles: Int? = nil,
        openFilesAtMost: Int? = nil, mount: (source: String, target: String)? = nil,
        console: FileHandle? = nil, _ body: (RunningProgram) async throws -> Result
    ) async throws -> Result {
        let program = try RunningProgram(
            arguments, environment, openFiles: openFiles, openFilesAtMost: openFilesAtMost,
            mount: mount, console: console)
        do {
            let result = try await body(program)
            try await program.end()
            return result
        } catch {
            try? await program.end()
            throw error
        }
    }

    private init(
        _ arguments: [String], _ environment: [String: String], openFiles: Int?,
        openFilesAtMost: Int?, mount: (source: String, target: String)?, console: FileHandle?
    ) throws {
        directory = URL.temporaryDirectory.appending(path: "jobs-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let executable = try Self.executable()
        process.executableURL = executable
        process.arguments = arguments
        let limit = openFiles.map { "-Sn \($0)" } ?? openFilesAtMost.map { "-n \($0)" }
        if let limit {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit \(limit) && exec \"$0\" \"$@\"", executable.path()]
                + arguments
        }
        if let mount {
            process.executableURL = URL(filePath: "/usr/bin/unshare")
            process.arguments =
                [
                    "--mount", "/bin/sh", "-c",
                    "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"", mount.source,
                    mount.target, executable.path(),
                ] + arguments
        }
        // Or libmongoc keeps counters in a shared file named for the process, and warns where one that was
        // killed has left its file.
        var added = ["MONGOC_DISABLE_SHM": "1"]
        if !arguments.contains(where: { ["-c", "--config"].contains($0) }) {
            added["HTTP_HOST"] = "127.0.0.1"
        }
        process.environment = environment.merging(added) { given, _ in given }
        process.currentDirectoryURL = Project.root
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes: a program that writes much never waits for a test that reads little.
        process.standardOutput = try console ?? file("output")
        process.standardError = try console ?? file("error")
        try process.run()
    }

    /// Whether the tests run as a user that may mount.
    static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["--mount", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// What the program has written to standard output so far.
    var output: String { text("output") }

    /// What the program has written to standard error so far.
    var error: String { text("error") }

    /// What the system allows the program to use, a line each.
    var limits: String {
        (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8))
            ?? ""
    }

    /// Waits for a line with `text` in it on either stream.
    func waitForLine(_ text: String) async throws {
        try await eventually { [self] in
            if output.contains(text) || error.contains(text) { return true }
            if process.isRunning { return false }
            throw Ended(status: process.terminationStatus, output: output, error: error)
        }
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end of the program. The status is negative if a signal has ended it.
    func waitForExit() async throws -> Int32 {
        try await eventually { [self] in !process.isRunning }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? status : -status
    }

    private func end() async throws {
        if process.isRunning { send(SIGTERM) }
        do {
            _ = try await waitForExit()
        } catch {
            send(SIGKILL)
            throw error
        }
        try FileManager.default.removeItem(at: directory)
    }

    private func file(_ name: String) throws -> FileHandle {
        let url = directory.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private func text(_ name: String) -> String {
        let data = try? Data(contentsOf: directory.appending(path: name))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// The build puts the program beside the bundle of the tests.
    private static func executable() throws -> URL {
        let candidates = ([Bundle.main] + Bundle.allBundles).compactMap(\.executableURL)
            .map { $0.deletingLastPathComponent().appending(path: "jobs") }
        let executable = candidates.first {
            FileManager.default.isExecutableFile(atPath: $0.path())
        }
        guard let executable else { throw NotBuilt(candidates: candidates) }
        return executable
    }

    /// The program ended while a test still waited for something from it.
    struct Ended: Error {
        var status: Int32
        var output: String
        var error: String
    }

    struct NotBuilt: Error {
        var candidates: [URL]
    }
}
