import Jobs
import Synchronization

/// An estimate of the time of the server, without a request for each job.
///
/// An insert cannot use `$$NOW`, and an upsert, which can, costs more. So the time is read every
/// few seconds and continues by the monotonic clock of this machine. The estimate counts from the
/// arrival of the answer, so it is never later than the time of the server, and a job can be
/// claimed as soon as it was added. It is too early by at most the latency of the answer.
final class ServerClock: Sendable {
    private struct State {
        var measured: (time: Timestamp, at: ContinuousClock.Instant)?
        var last = Timestamp.min
    }

    private let state = Mutex(State())

    /// How long a measurement is used. Clocks drift by less than 0.1 ms in that time.
    static let lifetime = Duration.seconds(5)
    /// The largest step back, in milliseconds, that is ignored. A larger one means that another
    /// server has answered or that its clock was corrected.
    private static let largestStepBack: Int64 = 1000

    /// Returns the time of the server, which never goes back; `nil` if it has to be measured first.
    func now() -> Timestamp? {
        state.withLock { state in
            guard let (time, instant) = state.measured else { return nil }
            let age = instant.duration(to: .now)
            guard age < Self.lifetime else { return nil }
            let now = time.advanced(by: age.wholeMilliseconds)
            let stepBack = state.last.milliseconds(since: now)
            if stepBack <= 0 || stepBack > Self.largestStepBack { state.last = now }
            return state.last
        }
    }

    /// Returns the time of the server by the last measurement of any age. After half a day it may
    /// be off by a second.
    func estimate() -> Timestamp? {
        state.withLock { state in
            state.measured.map { $0.time.advanced(by: $0.at.duration(to: .now).wholeMilliseconds) }
        }
    }

    /// Records a time of the server that has just arrived.
    func set(_ time: Timestamp) {
        state.withLock { $0.measured = (time, .now) }
    }

    /// Discards the measurement, since another server may be the primary now.
    func forget() {
        state.withLock { $0.measured = nil }
    }
}
