import Synchronization

/// Places for something that there is to be only so much of at a time.
final class Places: Sendable {
    private let limit: Int
    private let taken = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: whether there was one left. It has to be given back then.
    func take() -> Bool {
        guard taken.add(1, ordering: .relaxed).newValue <= limit else {
            giveBack()
            return false
        }
        return true
    }

    var count: Int { taken.load(ordering: .relaxed) }

    func giveBack() {
        taken.subtract(1, ordering: .relaxed)
    }
}
