import InMemoryLogging
import JobsClient
import JobsTestSupport
import Logging
import ServiceLifecycle
import Testing

@Suite("The leases of a worker", .timeLimit(.minutes(2)))
struct WorkerLeaseTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    @Test("a lease lasts as long as its handler")
    func extends() async throws {
        try await add(5)
        let handled = Recorder<JobID>()
        // Long enough that a busy machine extends in time.
        try await withWorker(concurrency: 5, timeout: .seconds(6)) { job in
            try await Task.sleep(for: .seconds(8))
            handled.append(job.id)
        } while: { _ in
            try await eventually { try await completed() == 5 }
        }
        #expect(handled.all.count == 5)
        #expect(try await client.list().jobs.allSatisfy { $0.retries == 1 })
    }

    @Test("one call extends all leases")
    func extendsTogether() async throws {
        try await add(8)
        let spy = SpyClient(client)
        let mayEnd = Flag()
        try await withWorker(spy, concurrency: 8, timeout: .seconds(6)) { _ in
            try await mayEnd.wait()
        } while: { _ in
            try await eventually { spy.calls.count { $0 == "extend 8" } >= 2 }
            mayEnd.set()
            try await eventually { try await completed() == 8 }
        }
    }

    @Test("a handler that lost its lease is cancelled, and completes nothing")
    func taken() async throws {
        let id = try await add(1)[0]
        let (began, cancelled) = (Flag(), Flag())
        let spy = SpyClient(client)
        // One at a time, or the worker itself may take the job over.
        try await withWorker(spy, concurrency: 1, timeout: .seconds(6)) { job in
            guard job.retries == 1 else { return try await Task.sleep(for: .seconds(100)) }
            began.set()
            try? await Task.sleep(for: .seconds(100))
            if Task.isCancelled { cancelled.set() }
            // Returns as if the job were done.
        } while: { group in
            try await began.wait()
            // A client without a token aborts the job, and another one starts it, before the worker
            // extends the lease.
            spy.fail(with: JobsClientError(.outcomeUnknown, "gone"))
            _ = try await client.abort(LeaseReference(id: id))
            let other = try #require(try await client.start(id, timeout: .seconds(100)))
            spy.reconnect()
            try await cancelled.wait()
            await group.triggerGracefulShutdown()
            #expect(try await client.get(id) == other.job)
        }
        #expect(log.entries.contains { $0.message.description.contains("took it over") })
    }

    @Test("a handler is cancelled if its job was removed or completed", arguments: [false, true])
    func gone(removed: Bool) async throws {
        let id = try await add(1)[0]
        let (began, cancelled) = (Flag(), Flag())
        try await withWorker(timeout: .milliseconds(600)) { _ in
            began.set()
            try? await Task.sleep(for: .seconds(100))
            cancelled.set()
        } while: { _ in
            try await began.wait()
            if removed {
                _ = try await client.delete(id)
            } else {
                _ = try await client.complete(LeaseReference(id: id))
            }
            try await cancelled.wait()
        }
    }

    @Test("a disconnected worker cancels its handlers before their leases end")
    func cutOff() async throws {
        let id = try await add(1)[0]
        let spy = SpyClient(client)
        let began = Flag()
        let ended = Recorder<(ContinuousClock.Instant, isCancelled: Bool)>()
        try await withWorker(spy, concurrency: 1, timeout: .seconds(6)) { job in
            guard job.retries == 1 else { return }
            spy.cutOff()
            began.set()
            try? await Task.sleep(for: .seconds(100))
            ended.append((.now, Task.isCancelled))
        } while: { _ in
            try await began.wait()
            // The end of the lease by the time of the store, converted to the clock of this
            // machine.
            let until = try #require(try await client.get(id)?.lockedUntil)
            let left = until.milliseconds - Timestamp.now().milliseconds
            let end = ContinuousClock.now + .milliseconds(left)
            try await eventually { !ended.all.isEmpty }
            #expect(ended.all[0].isCancelled)
            #expect(ended.all[0].0 <= end)

            spy.reconnect()
            try await eventually { try await completed() == 1 }
            #expect(try await client.get(id)?.retries == 2)
        }
    }

    @Test("completions are reported as soon as the service is available again")
    func toldLater() async throws {
        try await add(1)
        let spy = SpyClient(client)
        try await withWorker(spy, timeout: .seconds(30)) { _ in
            spy.fail(with: JobsClientError(.outcomeUnknown, "gone"))
        } while: { _ in
            try await eventually { spy.calls.count { $0 == "complete 1" } >= 2 }
            spy.reconnect()
            try await eventually { try await completed() == 1 }
        }
        #expect(try await client.list().jobs.first?.retries == 1)
    }
}
