import HTTPTypes
import JobsClient
import JobsTestSupport
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Repeated calls and errors")
struct RetryTests {
    private static let lease = LeaseReference(id: JobID("x"), lockToken: LockToken("t"))

    /// A call, and whether it is idempotent.
    struct Call: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isRepeatable: Bool
        let make: @Sendable (HTTPJobsClient) async throws -> Void

        init(
            _ operation: String, _ isRepeatable: Bool,
            _ make: @escaping @Sendable (HTTPJobsClient) async throws -> Void
        ) {
            testDescription = operation
            self.isRepeatable = isRepeatable
            self.make = make
        }

        private static var failed: JobFilter {
            var filter = JobFilter()
            filter.state = .failed
            return filter
        }

        static let all = [
            Call("get_jobs", true) { _ = try await $0.list() },
            Call("get_job_by_id", true) { _ = try await $0.get(JobID("x")) },
            Call("extend_job", true) { _ = try await $0.extend(lease, timeout: .seconds(1)) },
            Call("abort_job", true) { _ = try await $0.abort(lease) },
            Call("complete_job", true) { _ = try await $0.complete(lease) },
            Call("complete_jobs", true) {
                _ = try await $0.change([JobChange(lease, .complete), JobChange(lease, .complete)])
            },
            Call("fail_job", true) { _ = try await $0.fail(lease) },
            Call("fail_jobs", true) {
                let failure = JobChange(lease, .fail(Failure()))
                _ = try await $0.change([failure, failure])
            },
            Call("fail_job", false) { _ = try await $0.fail(.init(id: JobID("x"))) },
            Call("cancel_job", true) { _ = try await $0.cancel(JobID("x")) },
            Call("get_errors", true) { _ = try await $0.errors(ErrorQuery()) },
            Call("replay_jobs", true) { _ = try await $0.replay([JobID("x")]) },
            Call("replay_jobs", true) {
                _ = try await $0.replay(matching: failed, isDryRun: true)
            },
            // A repetition would replay further jobs than the maximum.
            Call("replay_jobs", false) { _ = try await $0.replay(matching: failed, maxJobs: 10) },
            Call("replay_jobs", false) {
                _ = try await $0.change(JobChange(JobID("x"), .replay(Replay())))
            },
            Call("complete_job", false) { _ = try await $0.complete(.init(id: JobID("x"))) },
            Call("extend_jobs", false) {
                let bare = LeaseReference(id: JobID("x"))
                _ = try await $0.change([
                    JobChange(lease, .extend(timeout: 1)),
                    JobChange(bare, .extend(timeout: 1)),
                ])
            },
            Call("add_job", true) { _ = try await $0.add(NewJob(type: "a", refID: "1")) },
            Call("add_uniq_job", true) {
                _ = try await $0.addUnique(NewJob(type: "a", refID: "1"))
            },
            Call("add_jobs", true) { _ = try await $0.add([NewJob(type: "a", refID: "1")]) },
            Call("start_job_by_type", true) {
                _ = try await $0.start(type: "a", timeout: .seconds(1))
            },
            Call("start_jobs_by_type", true) {
                _ = try await $0.start(
                    type: "a", timeout: .seconds(1), maxJobs: 2, maxRetries: nil,
                    waitTimeout: .zero)
            },
            Call("start_job_by_id", false) {
                _ = try await $0.start(JobID("x"), timeout: .seconds(1))
            },
            Call("delete_job_by_id", false) { _ = try await $0.delete(JobID("x")) },
            Call("delete_jobs", false) { try await $0.deleteAll() },
        ]
    }

    private func client(_ url: String, timeout: Duration = .seconds(10)) throws -> HTTPJobsClient {
        var options = HTTPJobsClientOptions(url: url)
        options.retryPause = .milliseconds(1)
        options.timeout = timeout
        return try HTTPJobsClient(options)
    }

    @Test(
        "a call with an unknown outcome is repeated only if it is idempotent", arguments: Call.all)
    func unknownOutcome(call: Call) async throws {
        try await RunningService.run(first: .failure(.unavailable(reason: "gone"))) { service in
            let client = try client(service.url)
            let error = await #expect(throws: JobsClientError.self) { try await call.make(client) }
            #expect(error?.kind == .outcomeUnknown && error?.isRetryable == true)
            #expect(error?.mayHaveHappened == true)
            #expect(error?.status == 503 && error?.code == "CONNECT_FAILED")
            #expect(error?.correlationID == "c1")
            #expect(await service.requests.all.count == (call.isRepeatable ? 4 : 1))
        }
    }

    @Test("every call that was refused without being carried out is repeated", arguments: Call.all)
    func overloaded(call: Call) async throws {
        try await RunningService.run(first: .failure(.overloaded, times: 2)) { service in
            let client = try client(service.url)
            do {
                try await call.make(client)
            } catch let error as JobsClientError {
                // The job does not exist.
                #expect(error.kind == .lockLost, "\(error)")
            }
            let operation = call.testDescription
            #expect(await service.requests.operations.count { $0 == operation } == 3)
        }
    }

    @Test("a call ends at its deadline with the last error of the service")
    func deadline() async throws {
        let isOver = Flag()
        let first = RunningService.Interception { _, number in
            if number == 1 {
                var failure = HTTPFailure(JobsError.unavailable(reason: "gone"))
                failure.headers = HTTPFields()
                return Answer(failure, correlationID: "c1")
            }
            try await isOver.wait()
            return nil
        }
        try await RunningService.run(first: first) { service in
            var options = HTTPJobsClientOptions(url: service.url)
            options.retryPause = .milliseconds(1)
            options.timeout = .seconds(600)
            options.deadline = .seconds(5)
            let client = try HTTPJobsClient(options)

            let error = await #expect(throws: JobsClientError.self) { _ = try await client.list() }
            isOver.set()

            #expect(error?.kind == .outcomeUnknown && error?.code == "CONNECT_FAILED")
            #expect(error?.message.contains("(and then: ") == true)
            #expect(await service.requests.all.count == 2)
        }
    }

    @Test("a call is not repeated beyond its deadline")
    func shortDeadline() async throws {
        try await RunningService.run(first: .failure(.overloaded)) { service in
            var options = HTTPJobsClientOptions(url: service.url)
            options.retryPause = .seconds(600)
            options.deadline = .seconds(60)
            let client = try HTTPJobsClient(options)

            let error = await #expect(throws: JobsClientError.self) { _ = try await client.list() }

            #expect(error?.code == "OVERLOADED")
            #expect(await service.requests.all.count == 1)
        }
    }

    @Test("an unreachable service is an error, not an empty result")
    func unreachable() async throws {
        let url = try await RunningService.run { $0.url }
        let client = try client(url)
        for call in Call.all {
            let error = await #expect(throws: JobsClientError.self) { try await call.make(client) }
            #expect(
                error?.kind == .unavailable && error?.isRetryable == true,
                "\(String(describing: error))")
            #expect(error?.mayHaveHappened == false && error?.status == nil)
        }
    }

    @Test("a timeout is an unknown outcome, and reads are repeated")
    func timeout() async throws {
        try await RunningService.run(first: .delay(.seconds(3))) { service in
            let client = try client(service.url, timeout: .milliseconds(300))
            for call in [
                { _ = try await client.list() },
                { _ = try await client.add(NewJob(type: "a", refID: "1")) },
            ] as [@Sendable () async throws -> Void] {
                let error = await #expect(throws: JobsClientError.self) { try await call() }
                #expect(error?.kind == .outcomeUnknown && error?.status == nil)
            }
            let operations = await service.requests.operations
            #expect(operations.count { $0 == "get_jobs" } == 4)
            #expect(operations.count { $0 == "add_job" } == 1)
        }
    }

    @Test("a claim may be held for its wait in addition to the timeout of a call")
    func held() async throws {
        try await RunningService.run { service in
            let client = try client(service.url, timeout: .seconds(2))
            let claimed = try await client.start(
                type: "a", timeout: .seconds(1), maxRetries: nil, waitTimeout: .seconds(3))
            #expect(claimed == nil)
        }
    }

    @Test("an invalid call is refused with the reason, and not repeated")
    func refused() async throws {
        try await RunningService.run { service in
            let client = try client(service.url)
            let error = await #expect(throws: JobsClientError.self) {
                try await client.add(
                    NewJob(type: "a", refID: "1", priority: Int(Int32.max) + 1))
            }
            #expect(error?.kind == .refused && error?.isRetryable == false)
            #expect(error?.status == 400 && error?.code == "INVALID_DATA")
            #expect(error?.message.contains("new_job.priority") == true)
            #expect(await service.requests.all.count == 1)
        }
    }

    @Test("an invalid job of a batch has its own error")
    func refusedItem() async throws {
        try await RunningService.run { service in
            let client = try client(service.url)
            let results = try await client.add([
                NewJob(type: "a", refID: "1", priority: .max), NewJob(type: "a", refID: "2"),
            ])
            guard case .failure(let error) = results[0] else {
                Issue.record("an invalid job was added")
                return
            }
            #expect(error.kind == .refused && error.status == 400)
            #expect(try results[1].get().refID == "2")
        }
    }

    @Test(
        "an answer that is not from a jobs service is an error",
        arguments: [
            "<html>", "[]", "5", #"{"id":7}"#, #"{"id":"x"}"#, #"{"id":"x","created":"?"}"#,
        ])
    func notUnderstood(body: String) async throws {
        try await RunningService.run(first: .answer(body)) { service in
            let client = try client(service.url)
            let error = await #expect(throws: JobsClientError.self) {
                try await client.get(JobID("x"))
            }
            #expect(error?.kind == .notUnderstood && error?.isRetryable == false)
        }
    }

    @Test("a cancelled call throws CancellationError", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        try await RunningService.run(first: .delay(.seconds(3))) { service in
            let client = try client(service.url)
            let task = Task { try await client.list() }
            try await eventually { await !service.requests.all.isEmpty }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("a call does not wait for a long Retry-After")
    func patience() async throws {
        try await RunningService.run(
            options: EndpointOptions(port: 0, maintenanceEnabled: true)
        ) { service in
            let client = try client(service.url)
            let error = await #expect(throws: JobsClientError.self) { try await client.list() }
            #expect(error?.status == 503 && error?.retryAfter == .seconds(3600))
        }
    }

    @Test("connections are reused")
    func connections() async throws {
        try await RunningService.run { service in
            let proxy = try await CountingProxy(to: service.port)
            let client = try client("http://127.0.0.1:\(proxy.port)")
            for _ in 0..<20 { _ = try await client.list() }
            #expect(proxy.connections == 1)
            #expect(await service.requests.all.count == 20)
            await client.shutdown()
            try await proxy.close()
        }
    }
}
