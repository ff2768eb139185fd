import Platform
import Synchronization

/// The memory that one request or answer body takes out of the limit for all bodies. Without the
/// limit, many large bodies on slow connections would exhaust the memory.
package final class BodyMemory: Sendable {
    private let limit: ConcurrencyLimit
    private let taken = Atomic(0)

    /// - Parameter limit: in bytes, shared by all bodies.
    init(_ limit: ConcurrencyLimit) {
        self.limit = limit
    }

    /// - Throws: ``HTTPFailure/overloaded`` if `bytes` more would exceed the limit.
    func take(_ bytes: Int) throws {
        guard limit.take(bytes) else { throw HTTPFailure.overloaded }
        taken.add(bytes, ordering: .relaxed)
    }

    deinit { giveBack() }

    /// Counts bytes that are already allocated, even beyond the limit.
    func count(_ bytes: Int) {
        limit.takeAnyway(bytes)
        taken.add(bytes, ordering: .relaxed)
    }

    /// The size, in bytes, from which the memory of a body is returned to the system. The allocator
    /// would keep it, and several large bodies at a time leave it in pieces.
    private static let large = 2 << 20

    /// Call when the body is no longer needed.
    package func giveBack() {
        let bytes = taken.exchange(0, ordering: .relaxed)
        limit.giveBack(bytes)
        if bytes >= Self.large { FreedMemory.giveBackSoon() }
    }
}
