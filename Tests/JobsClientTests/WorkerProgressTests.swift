import InMemoryLogging
import JobsClient
import JobsTestSupport
import ServiceLifecycle
import Testing

@Suite("The progress of jobs", .timeLimit(.minutes(2)))
struct WorkerProgressTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    private func options(interval: Duration) -> JobsWorkerOptions {
        var options = JobsWorkerOptions.quick()
        options.progressInterval = interval
        return options
    }

    @Test("progress is sent while the handler runs")
    func live() async throws {
        let id = try await add(1)[0]
        let mayEnd = Flag()

        try await withWorker(options: options(interval: .milliseconds(20))) { _, context in
            try context.progress(["page": 1])
            try await mayEnd.wait()
        } while: { _ in
            try await eventually {
                try await client.get(id)?.progress?.description == #"{"page":1}"#
            }
            mayEnd.set()
        }
    }

    @Test("the next attempt finds the last progress of a handler that fails")
    func handedOn() async throws {
        try await add(1)
        let found = Recorder<Int?>()

        try await withWorker(options: options(interval: .seconds(3600))) { job, context in
            let last = try job.decodeProgress(as: Int?.self)
            found.append(last)
            for page in 0..<100 { try context.progress(job.retries * 1000 + page) }
            if job.retries < 3 { throw Sorry() }
        } while: { _ in
            try await eventually { try await completed() == 1 }
        }

        #expect(found.all == [nil, 1099, 2099])
        #expect(try await client.list().jobs[0].progress?.description == "3099")
    }

    @Test("a handler that reports often does not cause many calls")
    func bounded() async throws {
        let id = try await add(1)[0]
        let spy = SpyClient(client)
        let isReported = Flag()

        // The first progress is sent soon. Further ones are not due while the handler runs.
        try await withWorker(
            spy, timeout: .seconds(1000), options: options(interval: .seconds(600))
        ) { _, context in
            for number in 0..<10_000 { try context.progress(number) }
            isReported.set()
        } while: { _ in
            try await isReported.wait()
            try await eventually { try await completed() == 1 }
        }

        #expect(spy.calls.count { $0.hasPrefix("extend") } <= 2)
        #expect(try await client.get(id)?.progress?.description == "9999")
    }

    @Test("progress that could not be sent is sent later, unless there is a newer one")
    func later() async throws {
        let id = try await add(1)[0]
        let spy = SpyClient(client)
        let mayEnd = Flag()

        try await withWorker(spy, options: options(interval: .milliseconds(20))) { _, context in
            spy.fail(with: JobsClientError(.unavailable, "gone"))
            try context.progress(1)
            try await mayEnd.wait()
        } while: { _ in
            try await eventually { spy.calls.count { $0 == "extend 1" } >= 2 }
            spy.reconnect()
            try await eventually { try await client.get(id)?.progress?.description == "1" }
            mayEnd.set()
        }
    }

    @Test("progress that is too large is an error of the handler, and the lease goes on")
    func tooLarge() async throws {
        try await add(1)
        let errors = Recorder<JobsClientError>()

        try await withWorker { _, context in
            do {
                try context.progress(String(repeating: "x", count: 70_000))
            } catch let error as JobsClientError {
                errors.append(error)
            }
        } while: { _ in
            try await eventually { try await completed() == 1 }
        }

        #expect(errors.all.map(\.kind) == [.refused])
        #expect(try await client.list().jobs[0].progress == nil)
    }

    @Test("the jobs that a stopping worker gives back keep their progress")
    func shutdown() async throws {
        let id = try await add(1)[0]
        let began = Flag()
        var options = options(interval: .seconds(3600))
        options.gracePeriod = .milliseconds(50)

        try await withWorker(options: options) { _, context in
            try context.progress("half")
            began.set()
            try await Task.sleep(for: .seconds(100))
        } while: { group in
            try await began.wait()
            await group.triggerGracefulShutdown()
        }

        let job = try await details(of: id)
        #expect(job.job.progress?.description == "\"half\"")
        #expect(job.attempts.map(\.outcome) == [.aborted] && job.job.error == nil)
    }
}
