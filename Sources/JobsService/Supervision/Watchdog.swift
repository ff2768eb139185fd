import NIOCore
import NIOPosix
import ServiceLifecycle

/// Tells the service manager at regular intervals that the service is alive, as long as every event
/// loop answers. If one does not, the manager ends the process and starts it again.
struct Watchdog: Service {
    let manager: ServiceManager
    let timeout: Duration
    private let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())

    /// `nil` if no manager waits for that.
    init?(_ manager: ServiceManager?) {
        guard let manager, let timeout = manager.watchdogTimeout else { return nil }
        self.manager = manager
        self.timeout = timeout
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat {
                for loop in loops { try? await loop.submit {}.get() }
                manager.tell(.alive)
            } while (try? await Task.sleep(for: timeout / 3)) != nil
        }
    }
}
