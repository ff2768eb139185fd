public import Jobs
import Synchronization

/// A store's clock that stands still until a test turns it.
public final class TestClock: Sendable {
    /// 2026-11-24T02:05:04.107Z
    public static let start = Timestamp(milliseconds: 1_795_485_904_107)

    private let time = Mutex(TestClock.start)

    public init() {}

    public var now: Timestamp { time.withLock { $0 } }

    public func advance(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
    }

    /// A moment so many milliseconds from now, as the wire writes it.
    public func text(in milliseconds: Int64 = 0) -> String {
        now.advanced(by: milliseconds).description
    }
}
