import Dispatch
import Platform
import Synchronization

/// Tells when a store has shrunk so much that the memory of what has gone is worth to be given back.
struct Shrinkage {
    /// So many jobs fewer make a difference: some 10 MB.
    static let least = 20_000

    /// The most jobs since the last time.
    private var peak = 0

    mutating func grow(to count: Int) {
        peak = max(peak, count)
    }

    /// - Returns: whether it is the time; then counting begins anew.
    mutating func shrink(to count: Int) -> Bool {
        guard peak - count >= Self.least, count <= peak / 2 else { return false }
        peak = count
        return true
    }
}

/// Memory that the allocator has and nothing uses.
enum FreedMemory {
    private static let isDue = Atomic(false)
    private static let queue = DispatchQueue(label: "jobs.memory", qos: .utility)
    /// `malloc_trim(3)` of glibc, which its module does not have; nil with other libraries.
    private static let trim = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }

    /// Gives it back to the system in some seconds, when what is being removed has gone.
    ///
    /// The allocator of glibc keeps small pieces for good: after 100,000 jobs were removed the process was
    /// as large as with them, and half of that after this. It takes some milliseconds for 100 MB, during
    /// which allocations of other threads may wait, so it is for large removals alone.
    static func giveBackSoon() {
        guard let trim, !isDue.exchange(true, ordering: .relaxed) else { return }
        queue.asyncAfter(deadline: .now() + 5) {
            isDue.store(false, ordering: .relaxed)
            _ = trim(0)
        }
    }
}
