import InMemoryLogging
import JobsClient
import JobsTestSupport
import Logging
import ServiceLifecycle
import Testing

@Suite("What a worker reports of its jobs", .timeLimit(.minutes(2)))
struct WorkerOutcomeTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    /// Runs a worker until the only job has ended.
    private func untilEnded(
        _ spy: SpyClient? = nil, options: JobsWorkerOptions = .quick(),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Void
    ) async throws -> DetailedJob {
        try await withWorker(spy, options: options, handler: handler) { _ in
            try await eventually { try await client.list().jobs.allSatisfy(\.isEnded) }
        }
        return try await details(of: client.list().jobs[0].id)
    }

    @Test("an error fails the job with the name of its type and its description")
    func thrown() async throws {
        struct Broken: Error, CustomStringConvertible { let description = "the pipe is broken" }
        try await add(1)
        var options = JobsWorkerOptions.quick()
        options.name = "w1"

        let job = try await untilEnded(options: options) { job, _ in
            if job.retries == 1 { throw Broken() }
        }

        let error = AttemptError(type: "Broken", message: "the pipe is broken")
        #expect(job.state == .completed && job.job.error == error && job.job.worker == "w1")
        #expect(job.attempts.map(\.error) == [error])
        #expect(job.attempts.map(\.outcome) == [.failed])
        #expect(job.attempts.map(\.worker) == ["w1"])
    }

    @Test("a handler can say how its job has failed")
    func failure() async throws {
        let id = try await add(1)[0]
        let attempts = Recorder<Int>()

        try await withWorker { job in
            attempts.append(job.retries)
            throw try JobFailure(
                "No such customer", type: "UnknownCustomer", details: ["id": 7],
                delay: .seconds(1000))
        } while: { _ in
            try await eventually { try await client.get(id)?.error != nil }
        }

        let job = try await details(of: id)
        #expect(job.state == .delayed && job.attempts.map(\.delay) == [1_000_000])
        #expect(job.job.error?.type == "UnknownCustomer")
        #expect(job.job.error?.message == "No such customer")
        #expect(job.job.error?.details?.description == #"{"id":7}"#)
        #expect(attempts.all == [1])
    }

    @Test("a job that may not be tried again has failed for good")
    func noRetry() async throws {
        try await add(1)

        let job = try await untilEnded { _, _ in throw JobFailure(Sorry(), retry: false) }

        #expect(job.state == .failed && job.attempts.map(\.reason) == [.noRetry])
        #expect(job.job.error?.type == "Sorry")
        let line = log.entries.first { $0.error is JobFailure }
        #expect(line?.message == "The handler failed; no more attempts after 1")
    }

    @Test("by default the policy and the limit of the job decide about further attempts")
    func policy() async throws {
        let policy = RetryPolicy.constant(.milliseconds(2), jitter: 0)
        _ = try await client.add(
            NewJob(type: "mail", refID: "1", params: 1, maxRetries: 3, retry: policy))
        var options = JobsWorkerOptions.quick()
        options.retryDelay = nil

        let job = try await untilEnded(options: options) { _, _ in throw Sorry() }

        #expect(job.state == .failed && job.attempts.map(\.delay) == [2, 2, nil])
        #expect(job.attempts.last?.reason == .limit)
    }

    @Test("details that are too large are left out")
    func largeDetails() async throws {
        try await add(1)
        let large = String(repeating: "x", count: 70_000)

        let job = try await untilEnded { _, _ in
            throw try JobFailure("large", details: large, retry: false)
        }

        #expect(job.job.error == AttemptError(type: "JobFailure", message: "large"))
        #expect(log.entries.contains { $0.message.description.contains("Left out the details") })
    }

    @Test("the value that a handler returns is the result of its job")
    func result() async throws {
        struct Receipt: Codable, Equatable { var sent: Int }
        let ids = try await add(1)
        let worker = JobsWorker(
            client, type: "mail", timeout: .seconds(30), options: .quick(), logger: logger
        ) { job, context in
            try context.progress(99)
            return Receipt(sent: job.retries)
        }
        try await run(worker) { _ in
            try await eventually { try await completed() == 1 }
        }
        let job = try #require(try await client.get(ids[0]))
        #expect(try job.decodeResult(as: Receipt.self) == Receipt(sent: 1))
        #expect(try job.decodeProgress(as: Int.self) == 99)
    }

    @Test("with decoded params a handler gets a context too, and may return a result")
    func typed() async throws {
        _ = try await client.add(NewJob(type: "mail", refID: "1", params: 20))
        _ = try await client.add(NewJob(type: "sms", refID: "1", params: 1))
        let doubling = JobsWorker(
            client, type: "mail", params: Int.self, timeout: .seconds(30), options: .quick()
        ) { number, _, _ in number * 2 }
        let silent = JobsWorker(
            client, type: "sms", params: Int.self, timeout: .seconds(30), options: .quick()
        ) { _, _, context in try context.progress("sent") }

        for (type, worker) in [("mail", doubling), ("sms", silent)] {
            try await run(worker) { _ in
                try await eventually {
                    try await client.list().jobs.contains {
                        $0.type == type && $0.completed != nil
                    }
                }
            }
        }

        let jobs = try await client.list().jobs
        #expect(jobs.map(\.result?.description) == ["40", nil])
        #expect(jobs.map(\.progress?.description) == [nil, "\"sent\""])
    }

    @Test("a result that cannot be encoded fails the job")
    func unencodable() async throws {
        let id = try await add(1)[0]
        let worker = JobsWorker(
            client, type: "mail", timeout: .seconds(30),
            options: .quick(retryDelay: .constant(.seconds(1000))), logger: logger
        ) { _, _ in Double.infinity }

        try await run(worker) { _ in
            try await eventually { try await client.get(id)?.error != nil }
        }

        #expect(try await client.get(id)?.error?.type == "EncodingError")
    }

    @Test("a result that the service refuses fails its job for good, and no other")
    func refusedResult() async throws {
        try await add(20)
        let refusal = JobsClientError(.refused, "too large", status: 413)
        let spy = SpyClient(client) { changes in
            for case .complete(let result?) in changes.map(\.act) where result.bytes == [0x37] {
                throw refusal
            }
        }
        let (mayEnd, running) = (Flag(), Gauge())
        let worker = JobsWorker(
            spy, type: "mail", concurrency: 20, timeout: .seconds(30), options: .quick(),
            logger: logger
        ) { job, _ in
            running.enter()
            try await mayEnd.wait()
            return Int(job.refID) ?? 0
        }

        try await run(worker) { _ in
            try await eventually { running.most == 20 }
            mayEnd.set()
            try await eventually { try await client.list().jobs.allSatisfy(\.isEnded) }
        }

        let jobs = try await client.list().jobs
        #expect(jobs.count { $0.completed != nil && $0.result?.description == $0.refID } == 19)
        let refused = try await details(of: jobs[7].id)
        #expect(refused.state == .failed && refused.attempts.map(\.reason) == [.noRetry])
        #expect(refused.job.error == AttemptError(type: "ResultRefused", message: "413: too large"))
    }

    @Test("a service that does not know failures gets the job back, and that is logged once")
    func olderService() async throws {
        let ids = try await add(2)
        let spy = SpyClient(client) { changes in
            for case .fail in changes.map(\.act) {
                throw JobsClientError(.refused, "The service does not know fail_job", status: 404)
            }
        }
        var options = JobsWorkerOptions.quick()
        options.retryDelay = nil

        try await withWorker(spy, options: options) { job in
            throw JobFailure("no", delay: job.refID == "0" ? .seconds(1000) : nil)
        } while: { _ in
            try await eventually {
                try await client.list().jobs.allSatisfy { $0.delayedUntil != nil }
            }
        }

        let (first, second) = (try await details(of: ids[0]), try await details(of: ids[1]))
        #expect(first.attempts.map(\.outcome) == [.aborted])
        #expect(first.attempts.map(\.delay) == [1_000_000])
        #expect(first.job.failed == nil && first.job.error == nil)
        #expect((4000...5000).contains(second.attempts[0].delay ?? 0))
        let told = log.entries.filter { $0.message.description.contains("does not know failures") }
        #expect(told.count == 1)
    }

    @Test("a failure is reported as soon as the service is available again")
    func toldLater() async throws {
        let id = try await add(1)[0]
        let spy = SpyClient(client)

        try await withWorker(spy, options: .quick(retryDelay: .constant(.seconds(1000)))) { _ in
            spy.fail(with: JobsClientError(.outcomeUnknown, "gone"))
            throw Sorry()
        } while: { _ in
            try await eventually { spy.calls.count { $0 == "fail 1" } >= 2 }
            spy.reconnect()
            try await eventually { try await client.get(id)?.error != nil }
        }

        #expect(try await details(of: id).attempts.map(\.outcome) == [.failed])
    }

    @Test(
        "jobs are started under the name of the worker, of which a long one is cut",
        arguments: [
            (nil, nil), ("", nil), ("w1", "w1"),
            (String(repeating: "é", count: 300), String(repeating: "é", count: 200)),
        ] as [(String?, String?)])
    func name(name: String?, seen: String?) async throws {
        let id = try await add(1)[0]
        var options = JobsWorkerOptions.quick()
        options.name = name

        try await withWorker(options: options) { _ in
        } while: { _ in
            try await eventually { try await completed() == 1 }
        }

        #expect(try await client.get(id)?.worker == seen)
    }

    @Test("by default the name of a worker is that of its process")
    func defaultName() {
        let name = JobsWorkerOptions.processName
        #expect(JobsWorkerOptions().name == name && JobsWorkerOptions.processName == name)
        #expect(name.wholeMatch(of: #/.*-\d+-[0-9a-f]{4}/#) != nil, "\(name)")
    }
}
