/// Detects when a store has shrunk so much that its freed memory should be returned to the system.
struct Shrinkage {
    /// The minimum number of removed jobs, which have some 10 MB.
    static let least = 20_000

    /// The maximum number of jobs since the last return of memory.
    private var peak = 0

    mutating func grow(to count: Int) {
        peak = max(peak, count)
    }

    /// - Returns: Whether memory should be returned. If so, counting starts again.
    mutating func shrink(to count: Int) -> Bool {
        guard peak - count >= Self.least, count <= peak / 2 else { return false }
        peak = count
        return true
    }
}
