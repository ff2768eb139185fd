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

    /// Call when the body is no longer needed.
    package func giveBack() {
        limit.giveBack(taken.exchange(0, ordering: .relaxed))
    }
}
