import CoreMetrics
import InMemoryLogging
import JobsClient
import JobsTestSupport
import Logging
import MetricsTestKit
import ServiceLifecycle
import Testing

@Suite("Jobs that are cancelled while their handlers run", .timeLimit(.minutes(2)))
struct WorkerCancelTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    @Test("the handler is cancelled, and its job becomes cancelled", arguments: [false, true])
    func cancelled(returns: Bool) async throws {
        let metrics = TestMetrics()
        let id = try await add(1)[0]
        let began = Flag()
        let seen = Recorder<[Bool]>()
        try await withMetricsFactory(metrics) {
            try await withWorker(timeout: .seconds(6)) { _, context in
                seen.append([context.isCancelled, context.isCancelRequested])
                began.set()
                let sleep = await Result { try await Task.sleep(for: .seconds(100)) }
                seen.append([context.isCancelled, context.isCancelRequested, Task.isCancelled])
                // Returning is no completion.
                if !returns { try sleep.get() }
            } while: { _ in
                try await began.wait()
                #expect(try await client.cancel(id)?.cancelRequested != nil)
                try await eventually { try await client.get(id)?.cancelled != nil }
            }
        }

        #expect(seen.all == [[false, false], [true, true, true]])
        let job = try await details(of: id)
        #expect(job.state == .cancelled && job.attempts.map(\.outcome) == [.cancelled])
        #expect(job.job.error == nil)
        let count = metrics.counterTotal(
            label: "jobs_worker_jobs", dimensions: [("type", "mail"), ("outcome", "cancelled")])
        #expect(count == 1)
    }

    @Test("the lease lasts until a cancelled handler has ended")
    func slow() async throws {
        let id = try await add(1)[0]
        let spy = SpyClient(client)
        let (began, cancelled, mayEnd) = (Flag(), Flag(), Flag())
        try await withWorker(spy, timeout: .seconds(6)) { _ in
            began.set()
            try? await Task.sleep(for: .seconds(100))
            cancelled.set()
            try await mayEnd.wait()
        } while: { _ in
            try await began.wait()
            _ = try await client.cancel(id)
            try await cancelled.wait()
            let before = spy.calls.count { $0 == "extend 1" }
            try await eventually { spy.calls.count { $0 == "extend 1" } > before + 1 }
            let job = try await details(of: id)
            #expect(job.state == .running && job.job.cancelled == nil)
            mayEnd.set()
            try await eventually { try await client.get(id)?.cancelled != nil }
        }
        #expect(try await details(of: id).attempts.map(\.outcome) == [.cancelled])
    }

    @Test("a job whose handler ends before the worker learns of it ends as it ends")
    func tooLate() async throws {
        let ids = try await add(2)
        let (began, mayEnd) = (Gauge(), Flag())
        // The leases are not extended in time.
        try await withWorker(timeout: .seconds(3000)) { job in
            began.enter()
            try await mayEnd.wait()
            if job.refID == "1" { throw Sorry() }
        } while: { _ in
            try await eventually { began.most == 2 }
            for id in ids { _ = try await client.cancel(id) }
            mayEnd.set()
            try await eventually { try await client.list().jobs.allSatisfy(\.isEnded) }
        }

        #expect(try await details(of: ids[0]).state == .completed)
        let failed = try await details(of: ids[1])
        #expect(failed.state == .cancelled && failed.attempts[0].error?.type == "Sorry")
        #expect(
            log.entries.contains { $0.message == "The handler failed; the job was cancelled" })
    }

    @Test("a handler is told that it has to stop for other reasons")
    func others() async throws {
        try await add(1)
        let began = Flag()
        let seen = Recorder<[Bool]>()
        try await withWorker(options: .quick(gracePeriod: .milliseconds(50))) { _, context in
            began.set()
            try? await Task.sleep(for: .seconds(100))
            seen.append([context.isCancelled, context.isCancelRequested])
        } while: { group in
            try await began.wait()
            await group.triggerGracefulShutdown()
        }
        #expect(seen.all == [[true, false]])
        #expect(try await client.list().jobs[0].cancelled == nil)
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
