import ServiceLifecycle
import UnixSignals

/// Reads anew what can be changed without a restart, each time that the process gets SIGHUP.
struct Reloading: Service {
    /// From here on the signal does not end the process any more.
    static func trap() async -> UnixSignalsSequence {
        await UnixSignalsSequence(trapping: .sighup)
    }

    let signals: UnixSignalsSequence
    /// One after the other, in this order.
    let actions: [@Sendable () async -> Void]

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in signals {
                for action in actions { await action() }
            }
        }
    }
}
