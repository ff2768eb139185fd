import Synchronization

/// What the body of a request or an answer takes up, out of what all bodies together may: many large ones
/// that come, or are read, slowly would else add up to more than there is.
package final class BodyMemory: Sendable {
    private let places: Places
    private let taken = Atomic(0)

    /// - Parameter places: one for each byte.
    init(_ places: Places) {
        self.places = places
    }

    /// - Throws: ``HTTPFailure/overloaded`` if there is no room for so many more bytes.
    func take(_ bytes: Int) throws {
        guard places.take(bytes) else { throw HTTPFailure.overloaded }
        taken.add(bytes, ordering: .relaxed)
    }

    deinit { giveBack() }

    /// Counts bytes that are there already, also beyond the limit.
    func count(_ bytes: Int) {
        places.takeAnyway(bytes)
        taken.add(bytes, ordering: .relaxed)
    }

    /// The body is not needed any more.
    package func giveBack() {
        places.giveBack(taken.exchange(0, ordering: .relaxed))
    }
}
