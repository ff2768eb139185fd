import Dispatch
import Platform
import Synchronization

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

/// The memory that the allocator keeps although nothing uses it.
enum FreedMemory {
    private static let isDue = Atomic(false)
    private static let queue = DispatchQueue(label: "jobs.memory", qos: .utility)
    /// `malloc_trim(3)` of glibc, which the Swift module lacks; `nil` with other libraries.
    private static let trim = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }

    /// Returns the memory to the system after some seconds, when the removed jobs are deallocated.
    ///
    /// The allocator of glibc never returns small blocks by itself: after the removal of 100,000
    /// jobs the process keeps its size, and has half of it after this call. The call takes some
    /// milliseconds for 100 MB. Allocations of other threads may wait meanwhile, so it is for large
    /// removals only.
    static func giveBackSoon() {
        guard let trim, !isDue.exchange(true, ordering: .relaxed) else { return }
        queue.asyncAfter(deadline: .now() + 5) {
            isDue.store(false, ordering: .relaxed)
            _ = trim(0)
        }
    }
}
