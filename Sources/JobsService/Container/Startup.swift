import Synchronization

/// Knows when everything that has to come up has come up.
final class Startup: Sendable {
    private let awaited: Mutex<Int>
    private let onCompletion: @Sendable () -> Void

    /// - Parameter onCompletion: called once, when the last one has come up.
    init(awaiting count: Int, onCompletion: @escaping @Sendable () -> Void) {
        awaited = Mutex(count)
        self.onCompletion = onCompletion
    }

    func oneIsUp() {
        let isComplete = awaited.withLock {
            $0 -= 1
            return $0 == 0
        }
        if isComplete { onCompletion() }
    }
}
