import JobsTestSupport
import Synchronization
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct StopSignalsTests {
    @Test("a signal ends the start, even during a call that cannot be cancelled")
    func duringStart() async throws {
        let stop = StopSignals()
        let begun = Mutex(false)
        let (forever, _) = AsyncStream<Never>.makeStream()

        async let run: Void = stop.run {
            begun.withLock { $0 = true }
            // Unstructured, so that it is not cancelled.
            await Task { for await _ in forever {} }.value
        }
        try await eventually { begun.withLock { $0 } }
        stop.come()

        try await run
    }

    @Test("a signal runs only the current action")
    func afterStart() async throws {
        let stop = StopSignals()
        let actions = Mutex(0)

        try await stop.run {
            stop.onStop { actions.withLock { $0 += 1 } }
            stop.come()
            stop.come()
            #expect(!Task.isCancelled)
        }

        #expect(actions.withLock { $0 } == 1)
    }

    @Test("a signal between the start and the next action is not lost")
    func between() {
        let stop = StopSignals()
        let isDone = Mutex(false)
        stop.come()

        stop.onStop { isDone.withLock { $0 = true } }

        #expect(isDone.withLock { $0 })
    }

    @Test("an error of the start is thrown")
    func failure() async {
        struct Fault: Error {}

        await #expect(throws: Fault.self) { try await StopSignals().run { throw Fault() } }
    }
}
