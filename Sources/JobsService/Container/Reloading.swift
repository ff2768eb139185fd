import ServiceLifecycle
import UnixSignals

/// Reloads the settings that can change without a restart, each time the process gets SIGHUP.
struct Reloading: Service {
    /// Traps the signal, which no longer ends the process.
    static func trap() async -> UnixSignalsSequence {
        await UnixSignalsSequence(trapping: .sighup)
    }

    let signals: UnixSignalsSequence
    /// The actions, which run one after the other in this order.
    let actions: [@Sendable () async -> Void]

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in signals {
                for action in actions { await action() }
            }
        }
    }
}
