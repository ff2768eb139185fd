import Synchronization

/// Places for something that there is to be only so much of at a time.
final class Places: Sendable {
    private let limit: Int
    private let taken = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: whether there were so many left. They have to be given back then.
    func take(_ count: Int = 1) -> Bool {
        guard taken.add(count, ordering: .relaxed).newValue <= limit else {
            giveBack(count)
            return false
        }
        return true
    }

    /// Takes so many, also where they are not left.
    func takeAnyway(_ count: Int) {
        taken.add(count, ordering: .relaxed)
    }

    /// Whether none is left.
    var isFull: Bool { count >= limit }

    var count: Int { taken.load(ordering: .relaxed) }

    func giveBack(_ count: Int = 1) {
        taken.subtract(count, ordering: .relaxed)
    }
}
