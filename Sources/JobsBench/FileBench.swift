import ArgumentParser
import Foundation
import JSON
import Jobs
import JobsFile
import Logging
import Synchronization

/// Measures the file store alone: how long opening takes, and how large its files get under load.
struct FileBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Start-up time and file sizes of the file store.",
        subcommands: [Fill.self, Open.self, Churn.self])

    /// Adds jobs to a new store, then closes it, or leaves it as a crash would.
    struct Fill: AsyncParsableCommand {
        @Argument(help: "The path of the snapshot.")
        var path: String

        @Option(help: "The number of jobs.")
        var jobs = 1_000_000

        @Flag(help: "Exit without closing the store, so that all jobs are in the journal.")
        var crash = false

        func run() async throws {
            let store = try await openStore(path)
            let params = try JSONText(#"{"to":"somebody@example.com","text":"hi"}"#)
            for start in stride(from: 0, to: jobs, by: 1000) {
                _ = try await store.add(
                    (start..<min(start + 1000, jobs)).map {
                        NewJob(type: "mail", refID: "ref-\($0)", params: params)
                    })
            }
            if !crash { await store.close() }
        }
    }

    /// Opens a store and prints how long that took.
    struct Open: AsyncParsableCommand {
        @Argument(help: "The path of the snapshot.")
        var path: String

        func run() async throws {
            let start = ContinuousClock.now
            let store = try await openStore(path)
            let seconds = start.duration(to: .now) / .seconds(1)
            let page = try await store.list(JobFilter(), Paging(take: 1, wantsTotal: true))
            print(
                "opened \(page.total ?? 0) jobs in", String(format: "%.1f s,", seconds),
                try residentBytes() >> 20, "MB resident", "(at most \(peakBytes() >> 20) MB)")
        }
    }

    /// Adds and deletes jobs for a number of operations while the number of jobs stays the same.
    struct Churn: AsyncParsableCommand {
        @Argument(help: "The path of the snapshot.")
        var path: String

        @Option(help: "The number of jobs at a time.")
        var jobs = 10_000

        @Option(help: "The number of operations.")
        var operations = 10_000_000

        @Option(help: "The number of concurrent callers.")
        var callers = 64

        func run() async throws {
            let store = try await openStore(path)
            let progress = Progress(operations: operations)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    let share = jobs / callers
                    group.addTask {
                        try await FileBench.churn(store, "type-\(caller)", jobs: share, progress)
                    }
                }
                let watch = Task {
                    while !Task.isCancelled {
                        progress.report(size: FileBench.size(beside: path))
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
                try await group.waitForAll()
                watch.cancel()
                await watch.value
            }
            let seconds = start.duration(to: .now) / .seconds(1)
            let page = try await store.list(JobFilter(), Paging(take: 1, wantsTotal: true))
            print(
                "\(operations) operations on \(page.total ?? 0) jobs:",
                String(format: "%.0f s, %.0f/s,", seconds, Double(operations) / seconds),
                String(
                    format: "files at most %.1f MB",
                    Double(progress.largestSize) / 1e6), terminator: " ")
            await store.close()
            print(
                String(
                    format: "and %.1f MB when closed,", Double(FileBench.size(beside: path)) / 1e6),
                try residentBytes() >> 20, "MB resident")
        }
    }

    /// Adds, claims, extends, completes and deletes jobs in turn.
    fileprivate static func churn(
        _ store: FileJobsPersistence, _ type: String, jobs: Int, _ progress: Progress
    ) async throws {
        let new = NewJob(
            type: type, refID: "ref", params: try JSONText(#"{"to":"somebody@example.com"}"#))
        for _ in 0..<jobs where progress.takesOne() { _ = try await store.add([new]) }
        while progress.takesOne() {
            let started = try await store.claim(
                Claim(type: type, timeout: 60_000, maxRetries: 10)
            ).first
            guard let started, progress.takesOne() else { return }
            let change = { JobChange(started.job.id, started.lockToken, $0) }
            _ = try await store.change([change(.extend(timeout: 90_000))])
            guard progress.takesOne() else { return }
            _ = try await store.change([change(.complete)])
            guard progress.takesOne() else { return }
            _ = try await store.delete(started.job.id)
            guard progress.takesOne() else { return }
            _ = try await store.add([new])
        }
    }

    fileprivate static func size(beside path: String) -> Int {
        let directory = URL(filePath: path).deletingLastPathComponent()
        let files = FileManager.default.enumerator(
            at: directory, includingPropertiesForKeys: [.fileSizeKey])
        var size = 0
        while let file = files?.nextObject() as? URL {
            size += (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
        }
        return size
    }
}

/// The number of operations left, and the largest size of the files so far.
private final class Progress: Sendable {
    private let left: Atomic<Int>
    private let most = Atomic(0)

    init(operations: Int) {
        left = Atomic(operations)
    }

    /// - Returns: whether an operation was left, which the caller must then perform.
    func takesOne() -> Bool {
        left.wrappingSubtract(1, ordering: .relaxed).newValue >= 0
    }

    func report(size: Int) {
        most.max(size, ordering: .relaxed)
    }

    var largestSize: Int { most.load(ordering: .relaxed) }
}

/// Opens the file store as the service does.
func openStore(_ path: String) async throws -> FileJobsPersistence {
    try await FileJobsPersistence.open(path: path, logger: Logger(label: "jobs-bench"))
}

func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
    return (Int(fields[1]) ?? 0) * Int(getpagesize())
}

/// The peak resident memory.
func peakBytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
}
