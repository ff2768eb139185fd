import BSON
import CoreMetrics
import Mongo
import Synchronization

/// Which indexes can be used at the moment, and by what names.
///
/// An index can go while the service runs: with its collection, by an operator's hand, or by being
/// hidden. Commands that name it then fail. They are sent again without it, and until it is there
/// again the others do not name it either.
final class IndexHealth: Sendable {
    private struct State {
        /// By name: until when the index is not named in commands.
        var unusable: [String: ContinuousClock.Instant] = [:]
        /// Of indexes that are there under other names.
        var names: [String: String] = [:]
        /// Whose names belong to indexes of another kind: commands that named one would find less.
        var rejected: Set<String> = []
    }

    private let state = Mutex(State())
    private let fallbacks = Counter(label: "jobs_mongo_index_fallbacks_total")
    /// Asks for the indexes to be looked at.
    let suspicions = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// An index is tried again after this time, also if it was not found to be mended.
    private static let pause = Duration.seconds(60)

    /// What a command names the index by; `nil`: it must do without.
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

    /// Whether any is known not to be usable.
    var hasUnusable: Bool { state.withLock { !$0.unusable.isEmpty || !$0.rejected.isEmpty } }

    /// A command that named the index has failed for that reason.
    func fellBack(_ name: String) {
        fallbacks.increment()
        state.withLock { $0.unusable[name] = .now + Self.pause }
        suspect()
    }

    /// The index has been looked at, and is not as commands need it: they do without until it is.
    func reject(_ index: JobIndexes.Index) {
        state.withLock { _ = $0.rejected.insert(index.name) }
    }

    /// Something has happened that may have cost indexes.
    func suspect() { suspicions.continuation.yield() }

    /// These have been looked at, and are as commands need them.
    func found(_ index: JobIndexes.Index, as name: String) {
        state.withLock { state in
            state.unusable[name] = nil
            state.rejected.remove(index.name)
            state.names[index.name] = name == index.name ? nil : name
        }
    }
}

extension JobCollection {
    /// Sends a command; if the index that it names cannot be used, once more without.
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
    /// Whether the command failed since the index that it named is not there, or is another one.
    fileprivate var tellsOfHint: Bool {
        switch code {
        case 2, 17007: message.contains("hint")  // BadValue
        // No plan with that index; it, or the collection, went while the command ran; `min` does
        // not fit.
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
    /// The index that a command names, or the first statement of an update.
    fileprivate var hint: String? {
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
