import BSON
import Jobs
import Synchronization

/// The documents that the server does not allow to change, because of a validator or their size.
/// Claims and adoption skip them, so that such a document does not block the others.
///
/// After a while they are tried again, since an operator may have repaired them.
final class PassedOver: Sendable {
    private struct Entry {
        let id: BSONLiteral
        let since = ContinuousClock.now
    }

    private let entries = Mutex<[Entry]>([])
    /// The documents that ``takeUnreported()`` has reported, and the number of unreported ones.
    private let reports = Mutex<(known: Set<[UInt8]>, unreported: Int)>(([], 0))

    private static let lifetime = Duration.seconds(60)
    /// The maximum number of documents to skip, since a query lists each of them.
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

    /// Returns the number of documents that were skipped for the first time since the last call.
    func takeUnreported() -> Int {
        reports.withLock { reports in
            defer { reports.unreported = 0 }
            return reports.unreported
        }
    }

    /// Returns the query without these documents.
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
