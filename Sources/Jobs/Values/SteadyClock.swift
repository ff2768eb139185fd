import Platform
import Synchronization

/// Tells the time of day, and never goes back.
///
/// It follows the machine's time of day, which NTP and people set. Where that steps back, it goes on at
/// the pace of the machine's uptime, which nothing sets: so leases that are judged by it last no longer
/// than was said, and what has become due stays due. It stays ahead by the step until the time of day
/// has caught up, or the process ends.
///
/// Safe to share; costs two readings of clocks, and no lock.
public final class SteadyClock: Sendable {
    private let timeOfDay: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Duration
    /// By how many microseconds the time of day has been ahead of the uptime at most.
    private let lead: Atomic<Int64>
    /// Milliseconds. An uptime should not go back, but those of virtual machines have been seen to.
    private let last: Atomic<Int64>

    /// - Parameters:
    ///   - timeOfDay: the time as the machine has it now.
    ///   - uptime: how long the machine has been running; only differences matter.
    public init(
        timeOfDay: @escaping @Sendable () -> Timestamp = Timestamp.now,
        uptime: @escaping @Sendable () -> Duration = SteadyClock.systemUptime
    ) {
        self.timeOfDay = timeOfDay
        self.uptime = uptime
        lead = Atomic(.min)
        last = Atomic(Timestamp.min.milliseconds)
    }

    /// The time of day or, after that was set back, what it would be without.
    public func now() -> Timestamp {
        // In this order, so that a pause in between makes the lead too small, which the next reading mends.
        let time = timeOfDay()
        let uptime = uptimeMicroseconds()
        let lead = raiseLead(to: time, at: uptime)
        let steady = Timestamp(milliseconds: uptime.addingClamped(lead) / 1000)
        let now = max(time, steady)
        return Timestamp(
            milliseconds: last.max(now.milliseconds, ordering: .relaxed).newValue)
    }

    /// Has the clock show at least `time` from now on, as what was stamped with it already has to lie in
    /// the past.
    public func advance(to time: Timestamp) {
        _ = raiseLead(to: time, at: uptimeMicroseconds())
        last.max(time.milliseconds, ordering: .relaxed)
    }

    private func raiseLead(to time: Timestamp, at uptime: Int64) -> Int64 {
        // Microseconds, since nanoseconds do not reach to the end of the calendar.
        let lead = (time.milliseconds * 1000).subtractingClamped(uptime)
        return self.lead.max(lead, ordering: .relaxed).newValue
    }

    private func uptimeMicroseconds() -> Int64 {
        let (seconds, attoseconds) = uptime().components
        return seconds.multipliedClamped(by: 1_000_000)
            .addingClamped(attoseconds / 1_000_000_000_000)
    }

    /// How long this machine has been running, without the time that it slept.
    public static func systemUptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Duration(
            secondsComponent: Int64(time.tv_sec),
            attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }
}
