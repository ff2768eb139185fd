import Jobs
import Synchronization

/// Counters that remember how often they were incremented in each of the last periods of time.
///
/// Counting takes no lock: it is one atomic exchange. A period is told by the time of the event,
/// which is that of the store, so instances agree on it.
///
/// The pointer to the atomics is set once, and freed together with the object, so it can be shared:
/// hence `@unchecked Sendable`, since the compiler does not know that.
final class RecentCounts: @unchecked Sendable {
    /// Each holds the number of its period in the upper half, and the count in the lower.
    private let slots: UnsafeMutableBufferPointer<Atomic<UInt64>>
    private let counters: Int
    private let periods: Int
    private let length: Int64

    /// - Parameters:
    ///   - counters: How many there are.
    ///   - periods: How many periods are remembered, the current one included. Instances whose
    ///     clocks differ, and clocks that are set back a little, need a few more than are read.
    ///   - length: The length of a period in milliseconds.
    init(counters: Int, periods: Int, length: Int64) {
        self.counters = counters
        self.periods = periods
        self.length = length
        slots = .allocate(capacity: counters * periods)
        for index in slots.indices { slots.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    /// Increments a counter.
    func count(_ counter: Int, at time: Timestamp) {
        let period = number(of: time)
        let index = index(counter, period)
        let tag = UInt64(UInt32(truncatingIfNeeded: period)) << 32
        var old = slots[index].load(ordering: .relaxed)
        while true {
            let isNew = old & ~Self.countMask != tag
            let isFull = old & Self.countMask == Self.countMask
            let next = isNew ? tag | 1 : isFull ? old : old + 1
            let (isDone, now) = slots[index].weakCompareExchange(
                expected: old, desired: next, ordering: .relaxed)
            guard !isDone else { return }
            old = now
        }
    }

    /// Returns the counts of the last periods, the oldest first. The last one is that of `now`.
    func counts(_ counter: Int, last: Int, at now: Timestamp) -> [Int] {
        let current = number(of: now)
        return (0..<Int64(last)).map { offset in
            let period = current - Int64(last) + 1 + offset
            let value = slots[index(counter, period)].load(ordering: .relaxed)
            let isOfPeriod = UInt32(value >> 32) == UInt32(truncatingIfNeeded: period)
            return isOfPeriod ? Int(value & Self.countMask) : 0
        }
    }

    private static let countMask: UInt64 = 0xFFFF_FFFF

    private func index(_ counter: Int, _ period: Int64) -> Int {
        let rest = Int(period % Int64(periods))
        return counter * periods + (rest < 0 ? rest + periods : rest)
    }

    /// The number of the period since 1970, also before.
    private func number(of time: Timestamp) -> Int64 {
        let (number, rest) = time.milliseconds.quotientAndRemainder(dividingBy: length)
        return rest < 0 ? number - 1 : number
    }
}
