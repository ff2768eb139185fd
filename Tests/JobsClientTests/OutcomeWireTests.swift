import JobsClient
import Testing

@testable import JobsHTTP

/// The requests that fail, cancel and replay jobs, and the arguments that go with them.
@Suite("Requests about the outcome of jobs")
struct OutcomeWireTests {
    private static let lease = LeaseReference(id: JobID("x"), lockToken: LockToken("t"))
    private static let job = #"{"id":"x","created":"2026-11-24T12:00:00.000Z"}"#
    private static let answers = [
        "fail_job": job, "fail_jobs": #"{"data":[\#(job),null]}"#, "cancel_job": job,
        "replay_jobs": #"{"count":1,"data":["x"],"skipped":2}"#, "get_job_by_id": job,
        "extend_job": job, "complete_job": job, "start_job_by_id": job, "start_job_by_type": job,
        "add_job": job, "get_jobs": #"{"data":[],"total":null}"#,
    ]

    /// Returns the requests of calls.
    ///
    /// - Parameter answer: The answer to all requests but get_job_by_id; `nil` for one that suits
    ///   the operation.
    private func sent(
        answer: String? = nil,
        _ call: @Sendable @escaping (HTTPJobsClient) async throws -> Void
    ) async throws -> [String] {
        let first = RunningService.Interception { operation, number in
            let usual = Self.answers[operation] ?? ""
            let body = operation == "get_job_by_id" ? usual : answer ?? usual
            return try await RunningService.Interception.answer(body).answer(operation, number)
        }
        return try await RunningService.run(first: first) { service in
            try await call(HTTPJobsClient(url: service.url))
            return await service.requests.all.map { "\($0.operation) \($0.body)" }
        }
    }

    @Test("a failure is sent with what is set of it")
    func fail() async throws {
        let requests = try await sent { client in
            _ = try await client.fail(Self.lease)
            let error = AttemptError(
                type: "Timeout", message: "too slow", details: try JSONText(#"{"ms":5}"#))
            _ = try await client.fail(
                Self.lease, error: error, retry: false, delay: .milliseconds(7))
            let bare = JobChange(JobID("y"), .fail(Failure(error: AttemptError(type: "A"))))
            _ = try await client.change([JobChange(Self.lease, .fail(Failure())), bare])
        }

        #expect(
            requests == [
                #"fail_job {"job_id":"x","lock_token":"t"}"#,
                #"fail_job {"job_id":"x","lock_token":"t","error":{"type":"Timeout","#
                    + #""message":"too slow","details":{"ms":5}},"retry":false,"delay":7}"#,
                #"fail_jobs {"jobs":[{"job_id":"x","lock_token":"t"},"#
                    + #"{"job_id":"y","error":{"type":"A"}}]}"#,
            ])
    }

    @Test("jobs are cancelled one by one")
    func cancel() async throws {
        let requests = try await sent { client in
            _ = try await client.cancel(JobID("x"))
            let cancels = ["y", "z"].map { JobChange(JobID($0), .cancel) }
            #expect(
                try await client.change(cancels).map { try $0.get()?.id.description } == ["x", "x"])
        }

        #expect(requests[0] == #"cancel_job {"job_id":"x"}"#)
        #expect(
            Set(requests[1...]) == [
                #"cancel_job {"job_id":"y"}"#, #"cancel_job {"job_id":"z"}"#,
            ])
    }

    @Test("a replay is sent with what is set of it")
    func replay() async throws {
        let requests = try await sent { client in
            let replayed = try await client.replay([JobID("x"), JobID("y")])
            #expect(replayed == ReplayedJobs(ids: [JobID("x")], skipped: 2))
            var filter = JobFilter()
            filter.state = .failed
            filter.errorType = "Timeout"
            _ = try await client.replay(
                matching: filter, maxJobs: 5, delay: .milliseconds(6), ttl: .zero, isDryRun: true)
        }

        #expect(
            requests == [
                #"replay_jobs {"job_ids":["x","y"]}"#,
                #"replay_jobs {"filter":{"state":"failed","error_type":"Timeout"},"#
                    + #""max_jobs":5,"delay":6,"ttl":0,"dry_run":true}"#,
            ])
    }

    @Test("the replay of one job is a replay by its id, whose result is the job")
    func replayOne() async throws {
        let requests = try await sent { client in
            let change = JobChange(JobID("x"), .replay(Replay(delay: 5, ttl: 6)))
            let job = try await client.change(change)
            #expect(job?.id == JobID("x"))
        }

        #expect(
            requests == [
                #"replay_jobs {"job_ids":["x"],"max_jobs":1,"delay":5,"ttl":6}"#,
                #"get_job_by_id {"job_id":"x"}"#,
            ])
    }

    @Test("if one job cannot be replayed, the result says why", arguments: [0, 1])
    func notReplayed(skipped: Int) async throws {
        _ = try await sent(answer: #"{"count":0,"data":[],"skipped":\#(skipped)}"#) { client in
            let replay = JobChange(JobID("x"), .replay(Replay()))
            for changes in [[replay], [replay, replay]] {
                for result in try await client.change(changes) {
                    let error = #expect(throws: JobsClientError.self) { try result.get() }
                    #expect(error?.kind == .refused && error?.code == "NOT_REPLAYED")
                    #expect(error?.message.contains("Another unfinished") == (skipped > 0))
                }
            }
        }
    }

    @Test("progress, results and names of workers are sent where they are set")
    func values() async throws {
        let requests = try await sent { client in
            _ = try await client.extend(Self.lease, timeout: .seconds(1), progress: ["done": 3])
            _ = try await client.complete(Self.lease, result: ["sent": true])
            _ = try await client.extend(Self.lease, timeout: .seconds(1), progress: Int?.none)
            _ = try await client.complete(Self.lease, result: Int?.none)
            _ = try await client.start(JobID("x"), timeout: .seconds(1), worker: "w")
            _ = try await client.start(type: "a", timeout: .seconds(1), worker: "w")
        }

        #expect(
            requests == [
                #"extend_job {"job_id":"x","lock_token":"t","timeout":1000,"progress":{"done":3}}"#,
                #"complete_job {"job_id":"x","lock_token":"t","result":{"sent":true}}"#,
                #"extend_job {"job_id":"x","lock_token":"t","timeout":1000}"#,
                #"complete_job {"job_id":"x","lock_token":"t"}"#,
                #"start_job_by_id {"job_id":"x","timeout":1000,"worker":"w"}"#,
                #"start_job_by_type {"type":"a","timeout":1000,"worker":"w"}"#,
            ])
    }

    @Test("a list is sent with its new conditions and its order")
    func list() async throws {
        let requests = try await sent { client in
            var filter = JobFilter()
            filter.state = .exhausted
            filter.worker = "w"
            filter.group = "g"
            filter.errorType = "e"
            _ = try await client.listDetails(
                filter, Paging(take: 2, after: JobID("x"), isDescending: true))
        }

        #expect(
            requests == [
                #"get_jobs {"filter":{"state":"exhausted","worker":"w","group":"g","error_type":"e"},"#
                    + #""paging":{"take":2,"after":"x","order":"desc"},"details":true}"#
            ])
    }

    @Test("a new job is sent with its limit, policy, group and trace")
    func newJob() async throws {
        let requests = try await sent { client in
            _ = try await client.add(
                NewJob(
                    type: "a", refID: "b", params: 1, maxRetries: 3,
                    retry: .linear(first: .seconds(2), longest: .seconds(9), jitter: 0),
                    group: "g", traceparent: "00-1"))
        }

        #expect(
            requests == [
                #"add_job {"new_job":{"type":"a","ref_id":"b","ttl":0,"params":1,"max_retries":3,"#
                    + #""retry":{"backoff":"linear","delay":2000,"max_delay":9000,"jitter":0.0},"#
                    + #""group":"g","traceparent":"00-1"}}"#
            ])
    }

    @Test("the attempts and the outcome of a job are read")
    func details() async throws {
        let answer = #"""
            {"id":"x","created":"2026-11-24T12:00:00.000Z","type":"mail","ref_id":"1","retries":2,
             "worker":"w","progress":[1],"error":{"type":"T","message":"m","details":{"a":1}},
             "failed":"2026-11-24T12:00:09.000Z","state":"failed","attempts":[
             {"attempt":1,"started":"2026-11-24T12:00:01.000Z","ended":"2026-11-24T12:00:02.000Z",
              "outcome":"aborted","delay":500},
             {"attempt":2,"started":"2026-11-24T12:00:03.000Z","ended":"2026-11-24T12:00:09.000Z",
              "outcome":"failed","worker":"w","error":{"type":"T"},"reason":"limit"}]}
            """#
        try await RunningService.run(first: .answer(answer)) { service in
            let client = try HTTPJobsClient(url: service.url)
            let found = try #require(try await client.details(of: JobID("x")))

            #expect(found.state == .failed && found.job.failed != nil && found.job.worker == "w")
            #expect(try found.job.decodeProgress(as: [Int].self) == [1])
            #expect(found.job.error?.details?.description == #"{"a":1}"#)
            #expect(found.attempts.map(\.outcome) == [.aborted, .failed])
            #expect(found.attempts[0].delay == 500 && found.attempts[1].reason == .limit)
        }
    }

    @Test("a service that does not know an operation is asked once in a while")
    func unknown() async throws {
        try await RunningService.run(.original) { service in
            let client = try HTTPJobsClient(url: service.url)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await client.fail(Self.lease) },
                { _ = try await client.cancel(JobID("x")) },
                { _ = try await client.replay([JobID("x")]) },
            ]
            for call in calls + calls {
                let error = await #expect(throws: JobsClientError.self) { try await call() }
                #expect(error?.kind == .refused && error?.status == 404)
                #expect(error?.mayHaveHappened == false)
            }
        }
    }
}
