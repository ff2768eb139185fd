import CoreMetrics
import InMemoryLogging
import JobsClient
import JobsTestSupport
import Logging
import MetricsTestKit
import ServiceLifecycle
import Synchronization
import Testing

@Suite("Worker", .timeLimit(.minutes(2)))
struct WorkerTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    @Test("each job is handled once, and completed")
    func works() async throws {
        try await add(200)
        let handled = Recorder<JobID>()

        try await withWorker(concurrency: 16) { job in
            handled.append(job.id)
        } while: { _ in
            try await eventually { try await completed() == 200 }
        }

        #expect(handled.all.count == 200 && Set(handled.all).count == 200)
    }

    @Test("as many jobs are handled at a time as the concurrency allows, and no more")
    func concurrency() async throws {
        try await add(30)
        let running = Gauge()

        try await withWorker(concurrency: 3) { _ in
            running.enter()
            try await Task.sleep(for: .milliseconds(20))
            running.leave()
        } while: { _ in
            try await eventually { try await completed() == 30 }
        }

        #expect(running.most == 3)
    }

    @Test("a free slot is used while other handlers run")
    func slots() async throws {
        try await add(1)
        let (began, mayEnd) = (Flag(), Flag())
        try await withWorker(concurrency: 2) { job in
            guard job.refID == "0", !began.isSet else { return }
            began.set()
            try await mayEnd.wait()
        } while: { _ in
            try await began.wait()
            try await add(20)
            try await eventually { try await completed() == 20 }
            mayEnd.set()
            try await eventually { try await completed() == 21 }
        }
    }

    @Test("a job whose handler throws fails, and is handled again")
    func failing() async throws {
        try await add(1)
        let attempts = Recorder<Int>()

        try await withWorker { job in
            attempts.append(job.retries)
            if job.retries < 3 { throw Sorry() }
        } while: { _ in
            try await eventually { try await completed() == 1 }
        }

        #expect(attempts.all == [1, 2, 3])
        let failures = log.entries.filter {
            $0.message == "The handler failed; next attempt at once"
        }
        #expect(failures.map { $0.metadata["attempt"] } == ["1", "2"])
        let id = try #require(try await client.list().jobs.first).id
        #expect(failures.allSatisfy { $0.metadata["job_id"] == "\(id)" })
        #expect(failures.allSatisfy { $0.metadata["type"] == "mail" && $0.error is Sorry })
    }

    @Test("the retry delay can grow with each attempt")
    func retryDelay() async throws {
        let ids = try await add(2)
        let delay = RetryDelay.exponential(
            first: .seconds(1000), longest: .seconds(9000), jitter: 0)
        try await withWorker(options: .quick(retryDelay: delay)) { job in
            throw Sorry()
        } while: { _ in
            try await eventually {
                try await client.list().jobs.allSatisfy { $0.started == nil && $0.retries == 1 }
            }
        }

        for id in ids {
            let job = try #require(try await client.get(id))
            let delay = try #require(job.delayedUntil).milliseconds - Timestamp.now().milliseconds
            #expect(delay > 900_000 && delay <= 1_000_000)
        }
        let exact = RetryDelay.exponential(first: .seconds(1), longest: .seconds(5), jitter: 0)
        #expect(exact[3] == .seconds(4))
        #expect(exact[99] == .seconds(5))
        #expect(RetryDelay.constant(.seconds(3))[9] == .seconds(3))
        #expect(RetryDelay.none[1] == nil)
    }

    @Test("without a retry policy the retry delay grows with each attempt")
    func withoutPolicy() async throws {
        let delay = RetryDelay.withoutPolicy

        for (attempt, seconds) in [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (1000, 600)] {
            let drawn = (0..<100).compactMap { _ in delay[attempt] }
            #expect(drawn.allSatisfy { $0 <= .seconds(seconds) && $0 >= .seconds(seconds) * 0.8 })
            // Jobs that failed together are not retried together.
            #expect(Set(drawn).count > 1)
        }
    }

    @Test("the log says when there is another attempt, and when there is none")
    func prospects() async throws {
        try await add(1)
        var options = JobsWorkerOptions.quick(retryDelay: .constant(.milliseconds(1)))
        options.maxRetries = 3

        try await withWorker(options: options) { _ in
            throw Sorry()
        } while: { _ in
            try await eventually {
                log.entries.contains { $0.message.description.contains("no more attempts") }
            }
        }

        let said = log.entries.filter { $0.error is Sorry }.map(\.message.description)
        #expect(said.count == 3)
        let next = #/The handler failed; next attempt at \d{4}-\d\d-\d\dT[\d:.]+Z/#
        #expect(said.dropLast().allSatisfy { $0.wholeMatch(of: next) != nil })
        #expect(said.last == "The handler failed; no more attempts after 3")
    }

    @Test("a handler gets decoded params; a job with other params fails and is logged")
    func typed() async throws {
        struct Mail: Codable, Sendable { var to: String }
        _ = try await client.add(NewJob(type: "mail", refID: "bad", params: ["to": 5]))
        _ = try await client.add(NewJob(type: "mail", refID: "good", params: Mail(to: "ann")))
        let seen = Recorder<String>()

        let worker = JobsWorker(
            client, type: "mail", params: Mail.self, timeout: .seconds(30), logger: logger
        ) { mail, job in
            seen.append("\(mail.to) \(job.refID)")
        }
        try await run(worker) { _ in
            try await eventually { try await completed() == 1 }
        }

        #expect(seen.all == ["ann good"])
        let bad = try #require(try await client.list().jobs.first { $0.refID == "bad" })
        #expect(bad.completed == nil && bad.started == nil && bad.retries == 1)
        #expect(try #require(bad.delayedUntil) > .now())
        #expect(bad.error?.type == "DecodingError")
        let line = try #require(log.entries.first { $0.message.description.contains("decoded") })
        #expect(line.level == .error && line.error is DecodingError)
        #expect(line.metadata["job_id"] == "\(bad.id)")
    }

    @Test("several types share the slots of a worker in the order of preference")
    func severalTypes() async throws {
        for type in ["low", "high"] {
            for number in 0..<3 { _ = try await client.add(NewJob(type: type, refID: "\(number)")) }
        }
        let seen = Recorder<String>()

        let worker = JobsWorker(
            client, types: ["high", "low"], timeout: .seconds(30), options: .quick(), logger: logger
        ) { job, _ in
            seen.append(job.type)
            return job.type
        }
        try await run(worker) { _ in
            try await eventually { try await completed() == 6 }
            // While it waits for both, a job of either wakes it.
            for (count, type) in [(7, "low"), (8, "high")] {
                _ = try await client.add(NewJob(type: type, refID: "9"))
                try await eventually { try await completed() == count }
            }
        }

        #expect(seen.all == ["high", "high", "high", "low", "low", "low", "low", "high"])
        let results = try await client.list().jobs.map(\.result)
        #expect(results.allSatisfy { $0 != nil })
    }

    @Test("it counts the outcomes of jobs and the durations of handlers")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await add(3)
        try await withMetricsFactory(metrics) {
            try await withWorker { job in
                if job.refID == "1", job.retries == 1 { throw Sorry() }
            } while: { _ in
                try await eventually { try await completed() == 3 }
            }
        }

        func count(_ outcome: String) -> Int64 {
            metrics.counterTotal(
                label: "jobs_worker_jobs", dimensions: [("type", "mail"), ("outcome", outcome)])
        }
        #expect(count("completed") == 3 && count("failed") == 1 && count("lost") == 0)
        let timer = try metrics.expectTimer("jobs_worker_handler_time", [("type", "mail")])
        #expect(timer.values.count == 4)
        let running = try metrics.expectMeter("jobs_worker_running", [("type", "mail")])
        #expect(running.values.contains { $0 > 0 } && running.lastValue == 0)
    }

    @Test("failing claims are logged once and repeated")
    func claimsFail() async throws {
        let spy = SpyClient(client)
        spy.fail(with: JobsClientError(.unavailable, "gone"))
        try await withWorker(spy) { _ in
        } while: { _ in
            try await eventually { spy.calls.count { $0 == "start" } >= 5 }
            try await add(1)
            spy.reconnect()
            try await eventually { try await completed() == 1 }
        }
        #expect(log.entries.count { $0.message == "Failed to claim jobs" } == 1)
    }

    @Test("a service that does not hold claims gets them in growing intervals")
    func polling() async throws {
        let spy = SpyClient(client, waits: false)
        try await withWorker(spy, options: .quick(longestPause: .seconds(60))) { _ in
        } while: { _ in
            try await eventually { !spy.calls.isEmpty }
            let start = ContinuousClock.now
            try await eventually { spy.calls.count >= 6 }
            // The pauses are 50, 100, 200, 400 and 800 ms, each shortened by at most half.
            #expect(start.duration(to: .now) > .milliseconds(700))
        }
    }

    @Test(
        "it works over HTTP, with a current and with an original service",
        arguments: [RunningService.Kind.full, .original])
    func overHTTP(kind: RunningService.Kind) async throws {
        try await RunningService.run(kind) { service in
            let http = try HTTPJobsClient(url: service.url)
            _ = try await http.add((0..<50).map { NewJob(type: "mail", refID: "\($0)") })
            try await withWorker(http, concurrency: 8) { job in
                if job.refID == "7", job.retries == 1 { throw Sorry() }
            } while: { _ in
                try await eventually {
                    try await http.list().jobs.allSatisfy { $0.completed != nil }
                }
            }
            #expect(try await http.list().jobs.map(\.retries).reduce(0, +) == 51)
            // The correlation id of a call about one job is the id of the job.
            let failing = await service.requests.all.filter {
                ["fail_job", "abort_job"].contains($0.operation)
            }
            #expect(failing.last?.operation == (kind == .full ? "fail_job" : "abort_job"))
            for request in failing {
                let id = try #require(try await http.list().jobs.first { $0.refID == "7" }).id
                #expect(request.query == "correlation_id=\(id)")
            }
        }
    }
}

extension RetryDelay {
    fileprivate subscript(attempt: Int) -> Duration? { delay(attempt) }
}
