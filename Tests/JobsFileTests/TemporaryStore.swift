import Foundation
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Synchronization
import Testing

@testable import JobsFile

/// Lends a directory for the files of a store, and removes it in any case.
func withDirectory<Result>(_ body: (_ path: String) async throws -> Result) async throws -> Result {
    let directory = URL.temporaryDirectory.appending(path: "jobs-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory.appending(path: "jobs.json").path())
}

/// Lends an empty store with its own clock.
func withStore<Result>(
    observer: any JobObserver = IgnoringObserver(),
    _ body: (FileJobsPersistence, SetClock) async throws -> Result
) async throws -> Result {
    try await withDirectory { path in
        let clock = SetClock()
        let store = try await open(path, clock: clock, observer: observer)
        let result = try await body(store, clock)
        await store.close()
        return result
    }
}

func open(
    _ path: String, clock: SetClock = SetClock(), files: FileCalls = .system,
    limits: FileJobsPersistence.Limits = .init(), observer: any JobObserver = IgnoringObserver()
) async throws -> FileJobsPersistence {
    try await FileJobsPersistence.open(
        path: path, files: files, limits: limits, clock: clock.steady, observer: observer,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
}

extension FileJobsPersistence {
    /// All data that must exist after a restart.
    var everything: [StoredJob] {
        state.withLock { $0.jobs.stored(after: nil, limit: .max).jobs }
    }

    @discardableResult
    func add(_ new: NewJob = NewJob(type: "mail", refID: "1")) async throws -> Job {
        try #require(try await add([new]).first).get()
    }

    func claim(_ type: String = "mail", timeout: Int64 = 60_000) async throws -> StartedJob? {
        try await claim(Claim(type: type, timeout: timeout, maxRetries: 10)).first
    }
}

/// Lends a store on a copy of the files as a power failure would leave them now.
func afterCrash<Result>(
    _ store: FileJobsPersistence, clock: SetClock = SetClock(),
    _ body: (FileJobsPersistence) async throws -> Result
) async throws -> Result {
    // Otherwise a file could be copied in the middle of a rename or a removal.
    store.compactionQueue.sync {}
    var copied = try files(beside: store.names.snapshot)
    while true {
        // The last write may have started another snapshot.
        store.compactionQueue.sync {}
        let again = try files(beside: store.names.snapshot)
        if again == copied { break }
        copied = again
    }
    return try await opened(copied, clock: clock, body)
}

/// Lends a store on a copy of files.
func opened<Result>(
    _ files: [String: Data], clock: SetClock = SetClock(),
    limits: FileJobsPersistence.Limits = .init(),
    _ body: (FileJobsPersistence) async throws -> Result
) async throws -> Result {
    try await withDirectory { path in
        try write(files, beside: path)
        let store = try await open(path, clock: clock, limits: limits)
        let result = try await body(store)
        await store.close()
        return result
    }
}

/// The result of reading files at a start.
func recovered(_ files: [String: Data], clock: SetClock = SetClock()) async throws -> Recovery {
    try await withDirectory { path in
        try write(files, beside: path)
        return try Recovery(FileNames(path), at: clock.now())
    }
}

extension Recovery {
    var everything: [StoredJob] { jobs.stored(after: nil, limit: .max).jobs }
}

func write(_ files: [String: Data], beside path: String) throws {
    let directory = URL(filePath: path).deletingLastPathComponent()
    for (name, contents) in files { try contents.write(to: directory.appending(path: name)) }
}

/// The contents of the files in the directory of `path`, by name.
func files(beside path: String) throws -> [String: Data] {
    let directory = URL(filePath: path).deletingLastPathComponent()
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path()) {
        files[name] = try Data(contentsOf: directory.appending(path: name))
    }
    return files
}
