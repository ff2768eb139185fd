import BSON
import Jobs
import Synchronization

/// Documents that the server does not let be changed: a validator forbids it, or they would become too
/// large. Claims and adoption look past them, so that one such document does not stop the others.
///
/// They are tried again after a while, when an operator may have mended them.
final class PassedOver: Sendable {
    private struct Entry {
        let id: BSONLiteral
        let since = ContinuousClock.now
    }

    private let entries = Mutex<[Entry]>([])
    /// Those that ``takeUnreported()`` has told of, and how many it has not.
    private let reports = Mutex<(known: Set<[UInt8]>, unreported: Int)>(([], 0))

    private static let lifetime = Duration.seconds(60)
    /// More are not remembered: a query names each of them.
    private static let maximumCount = 1000

    func add(_ ids: [BSONLiteral]) {
        guard !ids.isEmpty else { return }
        entries.withLock { entries in
            entries += ids.map { Entry(id: $0) }
            if entries.count > Self.maximumCount {
                entries.removeFirst(entries.count - Self.maximumCount)
            }
        }
        reports.withLock { reports in
            if reports.known.count > Self.maximumCount { reports.known.removeAll() }
            reports.unreported += ids.count { reports.known.insert($0.bytes).inserted }
        }
    }

    /// How many documents were passed over for the first time since this was asked last.
    func takeUnreported() -> Int {
        reports.withLock { reports in
            defer { reports.unreported = 0 }
            return reports.unreported
        }
    }

    /// The query without those documents.
    func excluded(from query: BSONLiteral) -> BSONLiteral {
        let ids = entries.withLock { entries in
            let now = ContinuousClock.now
            entries.removeAll { $0.since.duration(to: now) >= Self.lifetime }
            return entries.map(\.id)
        }
        return ids.isEmpty ? query : ["$and": [query, ["_id": ["$nin": .array(ids)]]]]
    }
}

extension BSONLiteral {
    fileprivate var bytes: [UInt8] {
        var bytes = [bsonType.rawValue]
        appendBSON(to: &bytes)
        return bytes
    }
}
