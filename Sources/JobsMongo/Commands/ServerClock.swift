import Jobs
import Synchronization

/// The time of the database's server, as far as it can be known without asking for each job.
///
/// An insert cannot say `$$NOW`, and an upsert that can costs more. So the server is asked every
/// few seconds, and its time goes on by this machine's monotonic clock, whose rate is right however
/// wrong its time may be. What is told is never later than the server's time: the answer counts
/// from when it arrived. So a job can be claimed as soon as it was added. It is early by the way of
/// the answer, at most.
final class ServerClock: Sendable {
    private struct State {
        var measured: (time: Timestamp, at: ContinuousClock.Instant)?
        var last = Timestamp.min
    }

    private let state = Mutex(State())

    /// A measurement is used for so long. Clocks drift by less than 0.1 ms in that time.
    static let lifetime = Duration.seconds(5)
    /// Time that seems to step back by more was measured on another server or after a correction.
    private static let largestStepBack: Int64 = 1000

    /// The server's time, never less than told before; nil if it has to be measured first.
    func now() -> Timestamp? {
        state.withLock { state in
            guard let (time, instant) = state.measured else { return nil }
            let age = instant.duration(to: .now)
            guard age < Self.lifetime else { return nil }
            let now = time.advanced(by: age.milliseconds)
            let stepBack = state.last.milliseconds - now.milliseconds
            if stepBack <= 0 || stepBack > Self.largestStepBack { state.last = now }
            return state.last
        }
    }

    /// The server's time by the last measurement, however old: off by a second after half a day.
    func estimate() -> Timestamp? {
        state.withLock { state in
            state.measured.map { $0.time.advanced(by: $0.at.duration(to: .now).milliseconds) }
        }
    }

    /// Takes a server's time that has arrived just now.
    func set(_ time: Timestamp) {
        state.withLock { $0.measured = (time, .now) }
    }

    /// Forgets the measurement: another server may be the primary now.
    func forget() {
        state.withLock { $0.measured = nil }
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
