public import Jobs
import Synchronization

/// A clock that stands still until it is moved.
public final class SetClock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    private let uptime = Mutex(Duration.zero)

    public init() {}

    public func now() -> Timestamp {
        time.withLock { $0 }
    }

    /// Has time pass.
    public func advance(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
        uptime.withLock { $0 += .milliseconds(milliseconds) }
    }

    /// Sets the time of day, as people and NTP do; no time passes.
    public func set(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
    }

    /// What a store on such a machine goes by.
    public var steady: SteadyClock {
        SteadyClock(timeOfDay: { self.now() }, uptime: { self.uptime.withLock { $0 } })
    }
}
