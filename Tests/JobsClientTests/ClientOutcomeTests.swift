import JobsClient
import JobsTestSupport
import Testing

@Suite("Clients that fail, cancel and replay jobs")
struct ClientOutcomeTests {
    private static let clients: [ClientUnderTest] = [.direct, .http]

    /// Adds a job and starts it.
    private func started(_ client: any JobsClient, _ job: NewJob? = nil, worker: String? = nil)
        async throws -> ClaimedJob
    {
        _ = try await client.add(job ?? NewJob(type: "mail", refID: "1"))
        return try #require(
            try await client.start(type: "mail", timeout: .seconds(60), worker: worker))
    }

    @Test("a failed job waits for the delay of its policy", arguments: clients)
    func fails(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let policy = RetryPolicy.exponential(first: .seconds(5), jitter: 0)
            let claimed = try await started(
                client, NewJob(type: "mail", refID: "1", params: 1, retry: policy), worker: "w1")
            let error = AttemptError(type: "Timeout", message: "too slow")

            let failed = try #require(try await client.fail(claimed.lease, error: error))

            #expect(failed.error == error && failed.failed == nil && failed.worker == "w1")
            #expect(failed.delayedUntil == clock.now.advanced(by: 5000))
            #expect(failed.attempts.isEmpty)
            let details = try #require(try await client.details(of: failed.id))
            #expect(details.state == .delayed)
            #expect(
                details.attempts == [
                    Attempt(
                        number: 1, started: clock.now, ended: clock.now, outcome: .failed,
                        worker: "w1", error: error, delay: 5000)
                ])
        }
    }

    @Test("a job that may not be tried again has failed, until it is replayed", arguments: clients)
    func deadLetters(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let claimed = try await started(client)
            let error = AttemptError(type: "Timeout")
            let failed = try await client.fail(claimed.lease, error: error, retry: false)
            #expect(failed?.failed == clock.now)
            var filter = JobFilter()
            filter.state = .failed
            filter.errorType = "Timeout"
            #expect(try await client.list(filter).jobs.map(\.id) == [claimed.job.id])

            let tried = try await client.replay(matching: filter, isDryRun: true)
            #expect(tried.ids == [claimed.job.id])
            #expect(try await client.get(claimed.job.id)?.failed != nil)
            let replayed = try await client.replay(matching: filter, delay: .seconds(3))

            #expect(replayed == tried)
            let job = try #require(try await client.details(of: claimed.job.id))
            #expect(job.state == .delayed && job.job.error == error)
            #expect(job.job.delayedUntil == clock.now.advanced(by: 3000))
            #expect(job.attempts.map(\.reason) == [.noRetry])
            #expect(try await client.list(filter).jobs.isEmpty)
        }
    }

    @Test("why jobs fail is asked for in groups", arguments: clients)
    func errors(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            #expect(try await client.errors(ErrorQuery()) == ErrorGroups())
            var last: ClaimedJob?
            for message in ["order 1 lost", "order 22 lost"] {
                let claimed = try await started(client)
                let error = AttemptError(
                    type: "Lost", message: message, details: try JSONText("[1]"))
                let failed = try await client.fail(claimed.lease, error: error, retry: false)
                #expect(failed?.errorKey == nil)
                last = claimed
                clock.advance(by: 5)
            }
            let id = try #require(last?.job.id)

            let errors = try await client.errors(ErrorQuery(type: "mail"))

            #expect(
                errors.groups == [
                    ErrorGroup(
                        type: "mail", errorKey: "order # lost", count: 2,
                        first: clock.now.advanced(by: -10), last: clock.now.advanced(by: -5),
                        recent: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
                        example: .init(
                            jobID: id,
                            error: AttemptError(type: "Lost", message: "order 22 lost")))
                ])
            #expect(try await client.errors(ErrorQuery(from: clock.now)) == ErrorGroups())
            #expect(try await client.details(of: id)?.job.errorKey == "order # lost")
            #expect(try await client.get(id)?.errorKey == nil)
            var filter = JobFilter()
            filter.errorKey = "order # lost"
            #expect(try await client.replay(matching: filter).ids.count == 2)
            // On a busy machine the first answer may be told once more.
            try await eventually { try await client.errors(ErrorQuery()) == ErrorGroups() }
        }
    }

    @Test("jobs are replayed by their ids, those to which it applies", arguments: clients)
    func replayIDs(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let jobs = try await client.add((0..<3).map { NewJob(type: "a", refID: "\($0)") })
                .map { try $0.get().id }
            for id in jobs[1...] { _ = try await client.cancel(id) }

            let unknown = (0..<1500).map { JobID("unknown \($0)") }
            #expect(try await client.replay(jobs + unknown).ids == Array(jobs[1...]))

            let change = JobChange(jobs[0], .replay(Replay()))
            let error = await #expect(throws: JobsClientError.self) {
                try await client.change(change)
            }
            #expect(error?.kind == .refused && error?.code == "NOT_REPLAYED")
            _ = try await client.cancel(jobs[0])
            #expect(try await client.change(change)?.cancelled == nil)
            #expect(try await client.change(JobChange(unknown[0], .replay(Replay()))) == nil)
        }
    }

    @Test("a replay of nothing in particular is refused", arguments: clients)
    func replayOfAll(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let requests = [
                ReplayRequest(), ReplayRequest(filter: JobFilter()),
                ReplayRequest(ids: [JobID("x")], maxJobs: 0),
                ReplayRequest(ids: Array(repeating: JobID("x"), count: 1001)),
            ]
            for request in requests {
                let error = await #expect(throws: JobsClientError.self) {
                    try await client.replay(request)
                }
                #expect(error?.kind == .refused)
            }
        }
    }

    @Test(
        "a waiting job is cancelled at once, a running one when its lease ends", arguments: clients)
    func cancel(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let waiting = try await client.add(NewJob(type: "sms", refID: "1"))
            #expect(try await client.cancel(waiting.id)?.cancelled == clock.now)
            let running = try await started(client)

            #expect(try await client.cancel(running.job.id)?.cancelRequested == clock.now)
            let extended = try await client.extend(running.lease, timeout: .seconds(9))
            #expect(extended?.cancelRequested == clock.now && extended?.cancelled == nil)
            #expect(try await client.abort(running.lease)?.cancelled == clock.now)
            #expect(try await client.complete(running.lease)?.completed == nil)
            #expect(try await client.cancel(JobID("unknown")) == nil)
        }
    }

    @Test("progress and the result are kept with the job", arguments: clients)
    func values(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let first = try await started(client)
            _ = try await client.extend(first.lease, timeout: .seconds(9), progress: ["page": 3])
            _ = try await client.fail(first.lease, delay: .zero)
            let second = try #require(
                try await client.start(type: "mail", timeout: .seconds(9)))
            #expect(try second.job.decodeProgress(as: [String: Int].self) == ["page": 3])

            let completed = try #require(try await client.complete(second.lease, result: [1, 2]))

            #expect(try completed.decodeResult(as: [Int].self) == [1, 2])
            #expect(try await client.get(completed.id)?.result == completed.result)
        }
    }

    @Test("a start without a name removes that of the last worker", arguments: clients)
    func worker(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let first = try await started(client, worker: "w1")
            #expect(first.job.worker == "w1")
            var filter = JobFilter()
            filter.worker = "w1"
            #expect(try await client.list(filter).jobs.count == 1)
            _ = try await client.abort(first.lease)

            let second = try await client.start(first.job.id, timeout: .seconds(9))

            #expect(second != nil && second?.job.worker == nil)
            #expect(try await client.list(filter).jobs.isEmpty)
        }
    }

    @Test("a list goes on after an id, in both orders", arguments: clients)
    func paging(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let ids = try await client.add(
                (0..<5).map {
                    try NewJob(type: "a", refID: "\($0)", params: $0, group: "g\($0 % 2)")
                }
            ).map { try $0.get().id }
            var filter = JobFilter()
            filter.group = "g0"
            let up = Paging(take: 1, after: ids[0])
            let down = Paging(after: ids[4], isDescending: true)

            #expect(try await client.list(filter, up).jobs.map(\.id) == [ids[2]])
            #expect(
                try await client.listDetails(filter, down).jobs.map(\.job.id) == [ids[2], ids[0]])
        }
    }

    @Test("failures of a batch have their own results", arguments: clients)
    func batches(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            _ = try await client.add((0..<2).map { NewJob(type: "a", refID: "\($0)") })
            let claimed = try await client.start(type: "a", timeout: .seconds(60), maxJobs: 2)
            let wrong = LeaseReference(id: claimed[0].job.id, lockToken: .random())
            let unknown = LeaseReference(id: JobID("unknown"))
            let failure = Failure(error: AttemptError(message: "no"), retry: false)

            let results = try await client.change(
                [wrong, claimed[1].lease, unknown].map { JobChange($0, .fail(failure)) }
                    + [JobChange(claimed[0].job.id, .cancel)])

            let error = #expect(throws: JobsClientError.self) { try results[0].get() }
            #expect(error?.kind == .lockLost)
            #expect(try results[1].get()?.error?.message == "no")
            #expect(try results[2].get() == nil)
            #expect(try results[3].get()?.cancelRequested != nil)
        }
    }

    @Test("details that are too large are refused", arguments: clients)
    func limits(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let claimed = try await started(client)
            let large = try JSONText("\"\(String(repeating: "x", count: 70_000))\"")
            let calls: [@Sendable () async throws -> Job?] = [
                { try await client.fail(claimed.lease, error: AttemptError(details: large)) },
                { try await client.extend(claimed.lease, timeout: .seconds(1), progress: large) },
            ]
            for call in calls {
                let error = await #expect(throws: JobsClientError.self) { try await call() }
                #expect(error?.kind == .refused)
            }
            #expect(try await client.get(claimed.job.id) == claimed.job)
        }
    }

    @Test("the null client fails, cancels and replays nothing")
    func null() async throws {
        let client = NullJobsClient()
        #expect(try await client.fail(LeaseReference(id: JobID("1"))) == nil)
        #expect(try await client.cancel(JobID("1")) == nil)
        #expect(try await client.replay([JobID("1")]) == ReplayedJobs())
    }
}
