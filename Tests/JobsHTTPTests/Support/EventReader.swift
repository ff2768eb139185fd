import Foundation
import Jobs
import JobsMemory
import Synchronization
import Testing

@testable import JobsHTTP

/// An event of a stream.
struct Event: Sendable {
    let id: Int
    let data: Data

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    subscript(_ name: String) -> Any? { object[name] }

    var rows: [[String: Any]] { object["data"] as? [[String: Any]] ?? [] }

    func added(_ type: String) -> [Int]? {
        let rates = rows.first { $0["type"] as? String == type }?["rates"] as? [String: Any]
        return rates?["added"] as? [Int]
    }
}

extension RawConnection {
    /// Opens a stream and reads its beginning.
    mutating func listen(_ request: String) async throws {
        try await send(request + "\r\n")
        let head = try await readHead()
        try #require(head.hasPrefix("HTTP/1.1 200"), "\(head)")
        try #require(try await readChunk() == Data("retry: 3000\n\n".utf8))
    }

    /// Reads the next event, and passes over comments.
    mutating func readEvent() async throws -> Event {
        while true {
            let text = String(decoding: try await readChunk(), as: UTF8.self)
            try #require(!text.isEmpty, "the stream has ended")
            if text.hasPrefix(":") { continue }
            let lines = text.components(separatedBy: "\n")
            try #require(lines.count == 5 && lines[1] == "event: summary", "\(text)")
            try #require(lines[0].hasPrefix("id: ") && lines[2].hasPrefix("data: "))
            let id = try #require(Int(lines[0].dropFirst(4)))
            return Event(id: id, data: Data(lines[2].dropFirst(6).utf8))
        }
    }
}

/// A store in memory that counts how often its jobs are counted, and that can be away.
final class WatchedPersistence: JobsPersistenceLayer {
    let base: any JobsPersistence = MemoryJobsPersistence()
    private let state = Mutex((counts: 0, isAway: false))
    /// Whether counting does not end.
    let hangsCounts = Mutex(false)
    /// Whether the other calls do not end either.
    let hangs = Mutex(false)

    var counts: Int { state.withLock { $0.counts } }

    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        let isAway = state.withLock { state in
            state.counts += 1
            return state.isAway
        }
        if isAway { throw JobsError.unavailable(reason: "away") }
        while hangsCounts.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        return try await base.census(maxRetries: maxRetries, of: type)
    }

    func now() async throws -> Timestamp {
        while hangs.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        return try await base.now()
    }
}
