import NIOCore
import ServiceLifecycle
import Synchronization

/// Measures the delay of tasks on the event loops: the time from submitting an empty task to its
/// execution, at regular intervals. A blocked event loop shows up here first.
final class EventLoopLag: Service {
    private struct State {
        var current = Duration.zero
        var last = Duration.zero
        var began = ContinuousClock.now
    }

    private let loops: [any EventLoop]
    private let state = Mutex(State())

    private static let pace = Duration.milliseconds(250)
    /// The maximum is kept for at least this long, and for at most twice as long.
    private static let span = Duration.seconds(10)

    init(_ group: any EventLoopGroup) {
        loops = Array(group.makeIterator())
    }

    /// The longest recent delay, in seconds.
    var lag: Double {
        let lag = state.withLock { state in
            turn(&state)
            return max(state.current, state.last)
        }
        return lag / .seconds(1)
    }

    func run() async {
        await cancelWhenGracefulShutdown { [self] in
            while (try? await Task.sleep(for: Self.pace)) != nil {
                for loop in loops {
                    let start = ContinuousClock.now
                    loop.execute { [self] in record(start.duration(to: .now)) }
                }
            }
        }
    }

    private func record(_ lag: Duration) {
        state.withLock { state in
            turn(&state)
            state.current = max(state.current, lag)
        }
    }

    private func turn(_ state: inout State) {
        let age = state.began.duration(to: .now)
        guard age >= Self.span else { return }
        state.last = age < Self.span * 2 ? state.current : .zero
        state.current = .zero
        state.began = .now
    }
}
