import InMemoryLogging
import JobsClient
import JobsTestSupport
import ServiceLifecycle
import Testing

@Suite("A worker over HTTP", .timeLimit(.minutes(2)))
struct WorkerHTTPTests: WorkerSuite {
    let client = MemoryJobsClient()
    let log = InMemoryLogHandler()

    @Test("failures, progress, results and names of workers arrive")
    func outcomes() async throws {
        try await RunningService.run { service in
            let http = try HTTPJobsClient(url: service.url)
            let id = try await http.add(NewJob(type: "mail", refID: "1")).id
            var options = JobsWorkerOptions.quick()
            options.name = "w1"
            let worker = JobsWorker(
                http, type: "mail", timeout: .seconds(30), options: options, logger: logger
            ) { job, context in
                if job.retries == 1 {
                    try context.progress(["page": 7])
                    throw JobFailure("too slow", type: "Timeout")
                }
                return try job.decodeProgress(as: [String: Int].self)
            }

            try await run(worker) { _ in
                try await eventually { try await http.get(id)?.completed != nil }
            }

            let job = try #require(try await http.details(of: id))
            #expect(try job.job.decodeResult(as: [String: Int].self) == ["page": 7])
            #expect(job.job.worker == "w1" && job.attempts.map(\.outcome) == [.failed])
            #expect(job.attempts[0].error == AttemptError(type: "Timeout", message: "too slow"))
        }
    }

    @Test("a handler whose job is cancelled is cancelled")
    func cancelled() async throws {
        try await RunningService.run { service in
            let http = try HTTPJobsClient(url: service.url)
            let id = try await http.add(NewJob(type: "mail", refID: "1")).id
            let began = Flag()

            try await withWorker(http, timeout: .seconds(6)) { _ in
                began.set()
                try await Task.sleep(for: .seconds(100))
            } while: { _ in
                try await began.wait()
                #expect(try await http.cancel(id)?.cancelRequested != nil)
                try await eventually { try await http.get(id)?.cancelled != nil }
            }

            let job = try #require(try await http.details(of: id))
            #expect(job.state == .cancelled && job.attempts.map(\.outcome) == [.cancelled])
        }
    }
}
