import Foundation
import JobsTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct EventLoopLagTests {
    @Test("a blocked loop is detected")
    func blocked() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let lag = EventLoopLag(group)
        let running = Task { await lag.run() }
        let mayGoOn = DispatchSemaphore(value: 0)

        group.next().execute { mayGoOn.wait() }
        // The other loop has run its task.
        try await eventually { lag.lag > 0 }
        try await Task.sleep(for: .milliseconds(300))
        mayGoOn.signal()

        try await eventually { lag.lag >= 0.3 }
        running.cancel()
        await running.value
        try await group.shutdownGracefully()
    }
}
