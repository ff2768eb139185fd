import Foundation
import Synchronization
import Testing

@testable import Mongo

@Suite struct BlockingThreadsTests {
    /// A call that runs until the gate is opened.
    final class Gate: Sendable {
        private let entered = DispatchSemaphore(value: 0)
        private let exit = DispatchSemaphore(value: 0)

        func pass() {
            entered.signal()
            exit.wait()
        }

        func open() { exit.signal() }

        /// Waits for a call to enter the gate, on a thread outside of the task pool.
        func waitForEntry() async {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [self] in
                    entered.wait()
                    continuation.resume()
                }
            }
        }
    }

    @Test("a call's result or error is returned")
    func results() async throws {
        struct Failure: Error {}
        let threads = BlockingThreads(name: "test", count: 1, queueLimit: 1)

        #expect(try await threads.run { 7 } == 7)
        await #expect(throws: Failure.self) { try await threads.run { throw Failure() } }
    }

    @Test("as many calls run at a time as there are threads")
    func concurrency() async throws {
        let threads = BlockingThreads(name: "test", count: 3, queueLimit: 10)
        let gates = (0..<3).map { _ in Gate() }

        try await withThrowingTaskGroup(of: Void.self) { group in
            for gate in gates { group.addTask { try await threads.run { gate.pass() } } }
            for gate in gates { await gate.waitForEntry() }
            for gate in gates { gate.open() }
            try await group.waitForAll()
        }
    }

    @Test("a call over the queue limit is refused at once")
    func overload() async throws {
        let threads = BlockingThreads(name: "test", count: 1, queueLimit: 1)
        let gate = Gate()
        async let running: Void = threads.run { gate.pass() }
        await gate.waitForEntry()

        let outcomes = await withTaskGroup(of: MongoError.Kind?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        try await threads.run {}
                        return nil
                    } catch {
                        return (error as? MongoError)?.kind
                    }
                }
            }
            var outcomes: [MongoError.Kind?] = []
            for await outcome in group {
                outcomes.append(outcome)
                if outcomes.count == 2 { gate.open() }  // so two of the three were refused before
            }
            return outcomes
        }

        try await running
        #expect(outcomes == [.overloaded, .overloaded, nil])
    }

    @Test("a call that has waited too long is refused, even if no thread becomes free")
    func patience() async throws {
        let threads = BlockingThreads(
            name: "test", count: 1, queueLimit: 1, patience: .milliseconds(1))
        let gate = Gate()
        async let running: Void = threads.run { gate.pass() }
        await gate.waitForEntry()

        let refusal = await #expect(throws: MongoError.self) { try await threads.run {} }

        #expect(refusal?.kind == .unreachable)
        gate.open()
        try await running
    }

    @Test("a call that is cancelled while it waits returns at once and never runs")
    func cancellation() async throws {
        let threads = BlockingThreads(name: "test", count: 1, queueLimit: 1)
        let gate = Gate()
        let hasRun = Atomic(false)
        async let running: Void = threads.run { gate.pass() }
        await gate.waitForEntry()

        let waiting = Task { try await threads.run { hasRun.store(true, ordering: .relaxed) } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }

        // Its place in the queue is free again, although the only thread is still busy.
        async let next: Int = threads.run { 1 }
        gate.open()
        try await running
        #expect(try await next == 1)
        let ran = hasRun.load(ordering: .relaxed)
        #expect(!ran)
    }

    @Test("a stop ends running calls, refuses waiting ones, and accepts no more")
    func stop() async throws {
        let threads = BlockingThreads(name: "test", count: 1, queueLimit: 1)
        let gate = Gate()
        let hasEnded = Atomic(false)
        async let running: Void = threads.run {
            gate.pass()
            hasEnded.store(true, ordering: .relaxed)
        }
        await gate.waitForEntry()

        async let stopped: Void = threads.stop()
        var refusal: MongoError?
        while refusal == nil {
            do { try await threads.run {} } catch { refusal = error as? MongoError }
        }
        gate.open()
        await stopped

        let ended = hasEnded.load(ordering: .relaxed)
        #expect(refusal?.kind == .closed)
        #expect(ended)
        try await running
    }
}
