import InMemoryLogging
import JobsClient
import JobsTestSupport
import ServiceLifecycle
import Testing

@Suite("The end of a worker", .timeLimit(.minutes(2)))
struct WorkerStopTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    @Test("on shutdown handlers finish, and nothing more is claimed")
    func shutdown() async throws {
        try await add(3)
        let (began, mayEnd) = (Flag(), Flag())
        try await withWorker(concurrency: 1) { _ in
            began.set()
            try await mayEnd.wait()
        } while: { group in
            try await began.wait()
            await group.triggerGracefulShutdown()
            try await Task.sleep(for: .milliseconds(100))
            mayEnd.set()
        }
        #expect(try await completed() == 1)
        #expect(try await client.list().jobs.count { $0.retries == 0 } == 2)
    }

    @Test("after the grace period handlers are cancelled and their jobs aborted")
    func grace() async throws {
        try await add(3)
        let cancelled = Recorder<JobID>()
        let running = Gauge()
        try await withWorker(options: .quick(gracePeriod: .milliseconds(200))) { job in
            running.enter()
            do {
                try await Task.sleep(for: .seconds(100))
            } catch {
                cancelled.append(job.id)
                throw error
            }
        } while: { group in
            try await eventually { running.most == 3 }
            await group.triggerGracefulShutdown()
        }
        #expect(cancelled.all.count == 3)
        let jobs = try await client.list().jobs
        #expect(jobs.allSatisfy { $0.started == nil && $0.completed == nil && $0.retries == 1 })
    }

    @Test("a cancelled worker aborts its jobs too")
    func cancelled() async throws {
        try await add(2)
        let running = Gauge()
        let worker = JobsWorker(
            client, type: "mail", concurrency: 2, timeout: .seconds(30), logger: logger
        ) { _ in
            running.enter()
            try await Task.sleep(for: .seconds(100))
        }
        let task = Task { try await worker.run() }
        try await eventually { running.most == 2 }
        task.cancel()
        try? await task.value
        let jobs = try await client.list().jobs
        #expect(jobs.allSatisfy { $0.started == nil && $0.completed == nil })
    }

    @Test("a worker that waits for jobs stops quickly")
    func idle() async throws {
        let spy = SpyClient(NullJobsClient())
        let start = ContinuousClock.now
        try await withWorker(spy, timeout: .seconds(4000)) { _ in
        } while: { group in
            try await eventually { !spy.calls.isEmpty }
            await group.triggerGracefulShutdown()
        }
        // The claim may wait for 20 s.
        #expect(start.duration(to: .now) < .seconds(10))
    }
}
