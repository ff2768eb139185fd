import Jobs
import Synchronization

/// A store's clock that stands still until a test turns it.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_795_485_904_107))

    var now: Timestamp { time.withLock { $0 } }

    func advance(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
    }
}
