/// A generator of ids that increase, also within a millisecond and after the clock steps back.
///
/// It uses method 1 of RFC 9562, section 6.2. The 12 bits after the milliseconds are a counter that
/// starts from a random value in the lower half. When the counter overflows, the generator uses the
/// next millisecond ahead of time. The last 62 bits are random, so instances need no coordination.
public struct JobIDGenerator: Sendable {
    private var lastMilliseconds: Int64 = 0
    private var counter: UInt64 = 0

    /// Creates a generator that has not made any id.
    public init() {}

    /// Makes an id that is greater than every id that this generator made before.
    ///
    /// - Parameter now: The time of creation, which becomes part of the id.
    public mutating func next(at now: Timestamp) -> JobID {
        if now.milliseconds > lastMilliseconds {
            restart(at: now.milliseconds)
        } else {
            counter += 1
            if counter > 0xFFF { restart(at: lastMilliseconds + 1) }
        }
        let milliseconds = UInt64(truncatingIfNeeded: lastMilliseconds) & 0xFFFF_FFFF_FFFF
        return JobID(
            HexNumber(
                high: milliseconds << 16 | 0x7000 | counter,
                low: UInt64.random(in: 0...UInt64.max) >> 2 | 1 << 63))
    }

    private mutating func restart(at milliseconds: Int64) {
        lastMilliseconds = milliseconds
        counter = UInt64.random(in: 0...0x7FF)
    }
}
