import Jobs
import Synchronization

/// Makes the ids of records that are kept in the order of their creation.
final class RecordIDs: Sendable {
    private let ids = Mutex(JobIDGenerator())

    func next(at now: Timestamp) -> String {
        ids.withLock { $0.next(at: now) }.description
    }

    /// The least id of records that were made at a time or later.
    static func first(at time: Timestamp) -> String {
        let digits = String(max(time.milliseconds, 0), radix: 16)
        return String(repeating: "0", count: max(12 - digits.count, 0)) + digits
    }
}
