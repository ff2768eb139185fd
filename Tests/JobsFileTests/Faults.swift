import NIOCore
import Platform
import Synchronization

@testable import JobsFile

/// Stands between a store and the file system, and has calls fail as a test says.
final class Faults: Sendable {
    enum Call: Equatable {
        case create, write, synchronize, truncate, rename, remove, synchronizeDirectory
    }

    /// What a call comes to: nil for what the system says of it.
    typealias Rule = @Sendable (Call, _ path: String) -> FileError?

    private struct State {
        var rule: Rule = { _, _ in nil }
        var hang: (call: Call, gate: Gate, matches: @Sendable (String) -> Bool)?
        var paths: [Int32: String] = [:]
        var longestWrite = Int.max
        var freeSpace: Int?
    }

    private let state = Mutex(State())
    /// One call at a time, together with what the rule does.
    private let turn = Mutex(())

    /// Has calls come to what `rule` says from now on.
    func set(_ rule: @escaping Rule) {
        state.withLock { $0.rule = rule }
    }

    func fail(_ call: Call, _ number: Int32, where matches: @escaping @Sendable (String) -> Bool) {
        set { $0 == call && matches($1) ? FileError(operation: "\(call)", number: number) : nil }
    }

    /// Has calls stand at `gate`, outside of which others go on.
    func hang(
        _ call: Call, _ gate: Gate, where matches: @escaping @Sendable (String) -> Bool
    ) {
        state.withLock { $0.hang = (call, gate, matches) }
    }

    func clear() {
        set { _, _ in nil }
        state.withLock { $0.hang = nil }
    }

    /// The most bytes that a call writes at once.
    func limitWrites(to count: Int) {
        state.withLock { $0.longestWrite = count }
    }

    func setFreeSpace(_ space: Int) {
        state.withLock { $0.freeSpace = space }
    }

    /// Makes a call, or fails in its place.
    private func call<Value: Sendable>(
        _ call: Call, _ path: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let hang = state.withLock { $0.hang }
        if let hang, hang.call == call, hang.matches(path) { hang.gate.pass() }
        return try turn.withLock { _ throws(FileError) in
            let rule = state.withLock { $0.rule }
            if let error = rule(call, path) { throw error }
            return try body()
        }
    }

    private func path(_ file: Int32) -> String {
        state.withLock { $0.paths[file] ?? "" }
    }

    var calls: FileCalls {
        let system = FileCalls.system
        return FileCalls(
            create: { [self] path, model throws(FileError) in
                let file = try call(.create, path) { () throws(FileError) in
                    try system.create(path, model)
                }
                state.withLock { $0.paths[file] = path }
                return file
            },
            write: { [self] file, bytes throws(FileError) in
                let limit = state.withLock { $0.longestWrite }
                do throws(FileError) {
                    return try call(.write, path(file)) { () throws(FileError) in
                        try system.write(file, .init(rebasing: bytes.prefix(limit)))
                    }
                } catch {
                    // A disk that gets full takes what still fits.
                    _ = try system.write(file, .init(rebasing: bytes.prefix(bytes.count / 2)))
                    throw error
                }
            },
            synchronize: { [self] file throws(FileError) in
                try call(.synchronize, path(file)) { () throws(FileError) in
                    try system.synchronize(file)
                }
            },
            truncate: { [self] file, length throws(FileError) in
                try call(.truncate, path(file)) { () throws(FileError) in
                    try system.truncate(file, length)
                }
            },
            rename: { [self] path, newPath throws(FileError) in
                try call(.rename, newPath) { () throws(FileError) in
                    try system.rename(path, newPath)
                }
            },
            remove: { [self] path throws(FileError) in
                try call(.remove, path) { () throws(FileError) in try system.remove(path) }
            },
            synchronizeDirectory: { [self] path throws(FileError) in
                try call(.synchronizeDirectory, path) { () throws(FileError) in
                    try system.synchronizeDirectory(path)
                }
            },
            freeSpace: { [self] path in state.withLock { $0.freeSpace } ?? system.freeSpace(path) })
    }
}

extension String {
    /// Whether this is a segment of the journal, or is going to be one.
    var isJournal: Bool { contains(".journal.") }
}
