import NIOCore
import Synchronization
import SystemPackage

import struct SystemPackage.FileDescriptor

@testable import JobsFile

/// A layer between a store and the file system, in which tests make calls fail.
final class Faults: Sendable {
    enum Call: Equatable {
        case create, write, synchronize, truncate, rename, remove, synchronizeDirectory
    }

    /// The error of a call; `nil` to make the call.
    typealias Rule = @Sendable (Call, _ path: String) -> FileError?

    private struct State {
        var rule: Rule = { _, _ in nil }
        var hang: (call: Call, gate: Gate, matches: @Sendable (String) -> Bool)?
        var paths: [FileDescriptor: String] = [:]
        var longestWrite = Int.max
        var freeSpace: Int?
    }

    private let state = Mutex(State())
    /// Serializes the calls, each together with its rule.
    private let turn = Mutex(())

    /// Applies `rule` to all calls from now on.
    func set(_ rule: @escaping Rule) {
        state.withLock { $0.rule = rule }
    }

    func fail(_ call: Call, _ code: Errno, where matches: @escaping @Sendable (String) -> Bool) {
        set { $0 == call && matches($1) ? FileError(operation: "\(call)", code: code) : nil }
    }

    /// Makes calls wait at `gate`, while other calls continue.
    func hang(
        _ call: Call, _ gate: Gate, where matches: @escaping @Sendable (String) -> Bool
    ) {
        state.withLock { $0.hang = (call, gate, matches) }
    }

    func clear() {
        set { _, _ in nil }
        state.withLock { $0.hang = nil }
    }

    /// Limits the bytes that one call writes.
    func limitWrites(to count: Int) {
        state.withLock { $0.longestWrite = count }
    }

    func setFreeSpace(_ space: Int) {
        state.withLock { $0.freeSpace = space }
    }

    /// Makes a call, or throws the error of the rule.
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

    private func path(_ file: FileDescriptor) -> String {
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
                    // A disk that becomes full accepts the bytes that still fit.
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
    /// Whether this is the path of a segment of the journal, or of the next one.
    var isJournal: Bool { contains(".journal.") }
}
