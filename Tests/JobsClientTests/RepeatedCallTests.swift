import JobsClient
import JobsTestSupport
import Testing

@Suite("Adds and claims whose answers get lost")
struct RepeatedCallTests {
    /// A call that adds or starts jobs, and how many.
    struct Call: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let count: Int
        let make: @Sendable (HTTPJobsClient) async throws -> [Job]

        static let adds = [
            Call(testDescription: "add_job", count: 1) {
                [try await $0.add(NewJob(type: "a", refID: "1"))]
            },
            Call(testDescription: "add_uniq_job", count: 1) {
                [try await $0.addUnique(NewJob(type: "a", refID: "1"))]
            },
            Call(testDescription: "add_jobs", count: 3) { client in
                try await client.add((0..<3).map { NewJob(type: "a", refID: "\($0)") })
                    .map { try $0.get() }
            },
        ]

        static let claims = [
            Call(testDescription: "start_job_by_type", count: 1) {
                try await $0.start(type: "b", timeout: .seconds(60), maxJobs: 1).map(\.job)
            },
            Call(testDescription: "start_jobs_by_type", count: 3) {
                try await $0.start(type: "b", timeout: .seconds(60), maxJobs: 3, worker: "w")
                    .map(\.job)
            },
            Call(testDescription: "a waiting claim", count: 1) {
                try await $0.start(
                    type: "b", timeout: .seconds(60), maxJobs: 1, waitTimeout: .seconds(10)
                ).map(\.job)
            },
        ]

        static let all = adds + claims
    }

    private func client(_ url: String) throws -> HTTPJobsClient {
        var options = HTTPJobsClientOptions(url: url)
        options.retryPause = .milliseconds(1)
        return try HTTPJobsClient(options)
    }

    /// The losses of the first connections.
    private static let losses: [[LossyProxy.Loss]] = [
        [.beforeAnswer], [.beforeRequest], [.beforeAnswer, .beforeRequest],
        [.beforeRequest, .beforeAnswer], [.beforeAnswer, .beforeAnswer],
    ]

    @Test("are repeated and served once", arguments: Call.all, losses)
    func lost(_ call: Call, _ losses: [LossyProxy.Loss]) async throws {
        try await RunningService.run { service in
            let direct = try client(service.url)
            _ = try await direct.add((0..<9).map { NewJob(type: "b", refID: "\($0)") })
            let proxy = try await LossyProxy(to: service.port, losses: losses)

            let jobs = try await call.make(client(proxy.url))

            #expect(jobs.count == call.count)
            var added = JobFilter()
            added.type = "a"
            let adds = Call.adds.contains { $0.testDescription == call.testDescription }
            #expect(try await direct.list(added).jobs.count == (adds ? call.count : 0))
            var started = JobFilter()
            started.minRetries = 0
            #expect(try await direct.list(started).jobs.count == (adds ? 0 : call.count))
            try await proxy.close()
        }
    }

    @Test("are repeated after one question whether the service knows requests", arguments: Call.all)
    func asked(_ call: Call) async throws {
        try await RunningService.run { service in
            let direct = try client(service.url)
            _ = try await direct.add((0..<9).map { NewJob(type: "b", refID: "\($0)") })
            let lossy = try client(
                try await LossyProxy(to: service.port, losses: [.beforeAnswer]).url)
            let before = await service.requests.all.count

            _ = try await call.make(lossy)

            // Twice the call, and once the question.
            #expect(await service.requests.all.count - before == 3)
        }
    }

    @Test(
        "are not repeated at an older service", arguments: Call.all,
        [RunningService.Kind.original, .withoutRequestIDs])
    func older(_ call: Call, _ kind: RunningService.Kind) async throws {
        try await RunningService.run(kind) { service in
            let direct = try client(service.url)
            for index in 0..<3 { _ = try await direct.add(NewJob(type: "b", refID: "\(index)")) }
            let jobs = try await call.make(client(service.url))
            #expect(jobs.count == call.count)

            let proxy = try await LossyProxy(
                to: service.port, losses: [.beforeAnswer, .beforeAnswer])
            let error = await #expect(throws: JobsClientError.self) {
                try await call.make(client(proxy.url))
            }

            #expect(error?.kind == .outcomeUnknown)
            try await proxy.close()
        }
    }

    @Test("a request id of the caller is kept, and is not dropped for an older service")
    func own() async throws {
        let new = NewJob(type: "a", refID: "1", requestID: "mine")
        try await RunningService.run { service in
            let client = try client(service.url)
            let first = try await client.add(new)
            #expect(try await client.add(new).id == first.id)
            #expect(try await client.add([new])[0].get().id == first.id)
            let error = await #expect(throws: JobsClientError.self) {
                try await client.add(NewJob(type: "a", refID: "2", requestID: "mine"))
            }
            #expect(error?.code == "REQUEST_CONFLICT" && error?.kind == .refused)
            #expect(error?.status == 409)
        }
        try await RunningService.run(.withoutRequestIDs) { service in
            let client = try client(service.url)
            let error = await #expect(throws: JobsClientError.self) { try await client.add(new) }
            #expect(error?.kind == .refused && error?.status == 400)
        }
    }

    @Test("the last error does not hide that an attempt may have been carried out")
    func unreachableLater() async throws {
        try await RunningService.run { service in
            let proxy = try await LossyProxy(to: service.port, losses: [.beforeAnswer])
            let client = try client(proxy.url)
            let task = Task { try await client.add(NewJob(type: "a", refID: "1")) }
            try await eventually { await !service.requests.all.isEmpty }
            try await proxy.close()
            // Repeated in time, or not.
            do {
                _ = try await task.value
            } catch let error as JobsClientError {
                #expect(error.kind == .outcomeUnknown)
            }
        }
    }
}
