import Platform
import Synchronization

/// A clock of the time of day that never goes back.
///
/// The clock follows the time of day of the machine, which NTP and operators set. After the time of
/// day steps back, the clock continues at the rate of the machine's uptime. So a lease lasts no
/// longer than its timeout, and a delay that has ended stays ended. The clock is ahead of the time
/// of day by the size of the step, until the time of day has caught up or the process ends.
///
/// The clock can be shared between threads. A reading costs two readings of system clocks and no
/// lock.
public final class SteadyClock: Sendable {
    private let timeOfDay: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Duration
    /// The greatest difference between the time of day and the uptime so far, in microseconds.
    private let lead: Atomic<Int64>
    /// The last reading, in milliseconds. The uptime of a virtual machine can go back.
    private let last: Atomic<Int64>

    /// Creates a clock.
    ///
    /// - Parameters:
    ///   - timeOfDay: Returns the time of day of the machine.
    ///   - uptime: Returns how long the machine has been running. Only differences matter.
    public init(
        timeOfDay: @escaping @Sendable () -> Timestamp = Timestamp.now,
        uptime: @escaping @Sendable () -> Duration = SteadyClock.systemUptime
    ) {
        self.timeOfDay = timeOfDay
        self.uptime = uptime
        lead = Atomic(.min)
        last = Atomic(Timestamp.min.milliseconds)
    }

    /// Returns the time of day as if it had never stepped back.
    public func now() -> Timestamp {
        // In this order: a pause in between makes the lead too small, which the next reading
        // corrects.
        let time = timeOfDay()
        let uptime = uptimeMicroseconds()
        let lead = raiseLead(to: time, at: uptime)
        let steady = Timestamp(milliseconds: uptime.addingClamped(lead) / 1000)
        let now = max(time, steady)
        return Timestamp(
            milliseconds: last.max(now.milliseconds, ordering: .relaxed).newValue)
    }

    /// Sets the clock forward to `time` if it is behind, so that existing timestamps are in the
    /// past.
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

    /// Returns how long this machine has been running, without the time that it slept.
    public static func systemUptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Duration(
            secondsComponent: Int64(time.tv_sec),
            attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }
}
