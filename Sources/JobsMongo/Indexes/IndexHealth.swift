import BSON
import CoreMetrics
import Mongo
import Synchronization

/// The indexes that can be used as hints at the moment, and their names.
///
/// An index can disappear while the service runs: with its collection, or when an operator drops or
/// hides it. A command with this hint fails and is sent again without it. Until the index exists
/// again, other commands do not use the hint either.
final class IndexHealth: Sendable {
    private struct State {
        /// The times until which an index is not used as a hint, by name.
        var unusable: [String: ContinuousClock.Instant] = [:]
        /// The actual names of indexes that exist under other names.
        var names: [String: String] = [:]
        /// The names that belong to different indexes, with which commands would find fewer
        /// documents.
        var rejected: Set<String> = []
    }

    private let state = Mutex(State())
    private let fallbacks = Counter(label: "jobs_mongo_index_fallbacks_total")
    /// Yields when the indexes should be checked.
    let suspicions = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// The time after which an index is tried again, even if no check has found it.
    private static let pause = Duration.seconds(60)

    /// Returns the name to use as a hint; `nil` if the index cannot be used.
    func hint(_ index: JobIndexes.Index) -> String? {
        state.withLock { state in
            guard !state.rejected.contains(index.name) else { return nil }
            let name = state.names[index.name] ?? index.name
            guard let end = state.unusable[name] else { return name }
            guard end <= .now else { return nil }
            state.unusable[name] = nil
            return name
        }
    }

    /// Whether an index is known to be unusable.
    var hasUnusable: Bool { state.withLock { !$0.unusable.isEmpty || !$0.rejected.isEmpty } }

    /// Records that a command failed because of the hint.
    func fellBack(_ name: String) {
        fallbacks.increment()
        state.withLock { $0.unusable[name] = .now + Self.pause }
        suspect()
    }

    /// Records that the index of this name is a different one, so that commands do not use the
    /// hint.
    func reject(_ index: JobIndexes.Index) {
        state.withLock { _ = $0.rejected.insert(index.name) }
    }

    /// Requests a check, after an event that may have removed indexes.
    func suspect() { suspicions.continuation.yield() }

    /// Records that a check has found the index under this name.
    func found(_ index: JobIndexes.Index, as name: String) {
        state.withLock { state in
            state.unusable[name] = nil
            state.rejected.remove(index.name)
            state.names[index.name] = name == index.name ? nil : name
        }
    }
}

extension JobCollection {
    /// Sends a command, and repeats it without the hint if the index cannot be used.
    func withHint<Reply>(
        _ command: BSONDocument, _ send: (BSONDocument) async throws -> Reply
    ) async throws -> Reply {
        do {
            return try await send(command)
        } catch let error as MongoError where error.tellsOfHint {
            guard let hint = command.hint, hint != JobIndexes.id.name else { throw error }
            indexes.fellBack(hint)
            return try await send(command.withoutHint)
        }
    }
}

extension MongoError {
    /// Whether the command failed because the index of the hint does not exist or is a different
    /// one.
    var tellsOfHint: Bool {
        switch code {
        case 2, 17007: message.contains("hint")  // BadValue
        // No plan with the index; the index or the collection was dropped while the command ran;
        // `min` does not fit the index.
        case 27, 175, 291, 51173...51176: true
        default: false
        }
    }
}

extension BSONBuilder {
    mutating func append(_ hint: JobIndexes.Index?, in indexes: IndexHealth) {
        if let name = hint.flatMap(indexes.hint) { append("hint", name) }
    }
}

extension BSONDocument {
    /// The hint of a command, or of the first statement of an update.
    var hint: String? {
        self["hint"]?.string
            ?? self["updates"]?.array?.lazy.compactMap { $0.document?["hint"]?.string }.first
    }

    fileprivate var withoutHint: BSONDocument {
        BSONDocument { copy in
            for element in self where element.key != "hint" && element.key != "min" {
                guard let key = BSONKey(checking: element.key) else { continue }
                guard element.key == "updates", let updates = element.value.array else {
                    copy.append(key, BSONLiteral.value(element.value))
                    continue
                }
                copy.array(key) { array in
                    for update in updates.compactMap(\.document) {
                        array.append(update.withoutHint)
                    }
                }
            }
        }
    }
}
