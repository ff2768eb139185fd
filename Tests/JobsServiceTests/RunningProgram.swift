import Foundation
import JobsTestSupport

/// The built program `jobs` in a separate process.
final class RunningProgram {
    private let process = Process()
    private let directory: URL

    /// Runs the program while `body` runs, and ends it on every way out. Few run at once, see
    /// ``ProgramTurns``.
    ///
    /// - Parameters:
    ///   - environment: The complete environment; the program inherits nothing from the tests. By
    ///     default the shipped configuration listens on the loopback interface only.
    ///   - openFiles: The soft limit of open files, which the program may raise.
    ///   - openFilesAtMost: The hard limit of open files.
    ///   - mount: A file or directory and a mount point that only the program sees; requires a user
    ///     that may mount, see ``canMount``.
    ///   - console: The destination of the output, instead of ``output`` and ``error``.
    ///   - workingDirectory: Where it runs, instead of in the project, where it finds the shipped
    ///     configuration.
    static func with<Result>(
        _ arguments: [String] = [], environment: [String: String] = [:], openFiles: Int? = nil,
        openFilesAtMost: Int? = nil, mount: (source: String, target: String)? = nil,
        console: FileHandle? = nil, workingDirectory: String? = nil,
        _ body: (RunningProgram) async throws -> Result
    ) async throws -> Result {
        try await ProgramTurns.one {
            let program = try RunningProgram(
                arguments, environment, openFiles: openFiles, openFilesAtMost: openFilesAtMost,
                mount: mount, console: console, workingDirectory: workingDirectory)
            do {
                let result = try await body(program)
                try await program.end()
                return result
            } catch {
                try? await program.end()
                throw error
            }
        }
    }

    private init(
        _ arguments: [String], _ environment: [String: String], openFiles: Int?,
        openFilesAtMost: Int?, mount: (source: String, target: String)?, console: FileHandle?,
        workingDirectory: String?
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
        // Otherwise libmongoc keeps counters in a shared file with the process id in its name, and
        // warns about files of killed processes.
        var added = ["MONGOC_DISABLE_SHM": "1"]
        if workingDirectory == nil, !arguments.contains(where: { ["-c", "--config"].contains($0) })
        {
            added["HTTP_HOST"] = "127.0.0.1"
        }
        process.environment = environment.merging(added) { given, _ in given }
        process.currentDirectoryURL = workingDirectory.map { URL(filePath: $0) } ?? Project.root
        process.standardInput = FileHandle.nullDevice
        // Files instead of pipes, so that the program never waits for a test to read.
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

    /// The standard output of the program so far.
    var output: String { text("output") }

    /// The standard error of the program so far.
    var error: String { text("error") }

    /// The resource limits of the program, one per line.
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

    /// The build places the program next to the test bundle.
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
