import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The memory that the allocator keeps although nothing uses it.
package enum FreedMemory {
    private static let isDue = Atomic(false)
    private static let queue = DispatchQueue(label: "jobs.memory", qos: .utility)
    /// `malloc_trim(3)` of glibc, which the Swift module lacks; `nil` with other libraries.
    private static let trim = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }

    /// Returns the memory to the system after some seconds, when what was freed is deallocated.
    ///
    /// The allocator of glibc never returns small blocks by itself: after the removal of 100,000
    /// jobs the process keeps its size, and has half of it after this call. The call takes some
    /// milliseconds for 100 MB. Allocations of other threads may wait meanwhile, so it is for
    /// large amounts only.
    package static func giveBackSoon() {
        guard let trim, !isDue.exchange(true, ordering: .relaxed) else { return }
        queue.asyncAfter(deadline: .now() + 5) {
            isDue.store(false, ordering: .relaxed)
            _ = trim(0)
        }
    }
}
