import Synchronization

/// Limits how many of something are in use at the same time: connections, operations, or bytes of
/// memory.
final class ConcurrencyLimit: Sendable {
    private let limit: Int
    private let inUse = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes `count`, unless that would exceed the limit. What was taken has to be given back.
    /// - Returns: whether they were taken.
    func take(_ count: Int = 1) -> Bool {
        guard inUse.add(count, ordering: .relaxed).newValue <= limit else {
            giveBack(count)
            return false
        }
        return true
    }

    /// Takes `count`, even beyond the limit.
    func takeAnyway(_ count: Int) {
        inUse.add(count, ordering: .relaxed)
    }

    /// Whether the limit is reached.
    var isFull: Bool { count >= limit }

    /// How many are in use beyond the limit.
    var excess: Int { max(count - limit, 0) }

    /// How many are in use.
    var count: Int { inUse.load(ordering: .relaxed) }

    func giveBack(_ count: Int = 1) {
        inUse.subtract(count, ordering: .relaxed)
    }
}
