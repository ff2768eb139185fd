import Synchronization

/// Waits for a number of services to start.
final class Startup: Sendable {
    private let awaited: Mutex<Int>
    private let onCompletion: @Sendable () -> Void

    /// - Parameter onCompletion: Called once, when the last service has started.
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
