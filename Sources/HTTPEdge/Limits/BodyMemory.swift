import Synchronization

/// The memory that the body of one request or answer takes, out of what all bodies together may take.
/// Without that limit, many large bodies on slow connections would add up to more than there is.
package final class BodyMemory: Sendable {
    private let limit: ConcurrencyLimit
    private let taken = Atomic(0)

    /// - Parameter limit: of bytes, over all bodies.
    init(_ limit: ConcurrencyLimit) {
        self.limit = limit
    }

    /// - Throws: ``HTTPFailure/overloaded`` if there is no room for so many more bytes.
    func take(_ bytes: Int) throws {
        guard limit.take(bytes) else { throw HTTPFailure.overloaded }
        taken.add(bytes, ordering: .relaxed)
    }

    deinit { giveBack() }

    /// Counts bytes that are there already, also beyond the limit.
    func count(_ bytes: Int) {
        limit.takeAnyway(bytes)
        taken.add(bytes, ordering: .relaxed)
    }

    /// The body is not needed any more.
    package func giveBack() {
        limit.giveBack(taken.exchange(0, ordering: .relaxed))
    }
}
