import Foundation
import Jobs
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Failed attempts")
struct FailingTests {
    private let service = TestService(maxRetries: 3)

    /// Adds a job whose delays are exact, and starts it.
    private func startedJob(_ more: String = "") async throws -> TestAnswer {
        let added = try await service.addJob(
            #""retry":{"delay":1000,"jitter":0}\#(more.isEmpty ? "" : ",")\#(more)"#)
        return try await service.post(
            "start_job_by_id", #"{"job_id":"\#(added.id)","timeout":10000,"worker":"w1"}"#)
    }

    private func fail(_ job: TestAnswer, _ more: String = "") async throws -> TestAnswer {
        try await service.post(
            "fail_job",
            #"{"job_id":"\#(job.id)","lock_token":"\#(job.string("lock_token") ?? "")"\#(more)}"#)
    }

    private func details(_ id: String) async throws -> TestAnswer {
        try await service.post("get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)
    }

    @Test("the job is tried again after the delay of its policy, with its error and its attempt")
    func retry() async throws {
        let job = try await startedJob()
        let started = service.clock.text()
        service.clock.advance(by: 500)

        let failed = try await fail(
            job, #","error":{"type":"Timeout","message":"m","details":{"a":[1,2.50]}}"#)

        #expect(failed.status == 200)
        #expect(failed.isNull("started"))
        #expect(failed.isNull("locked_until"))
        #expect(failed.string("delayed_until") == service.clock.text(in: 1000))
        #expect(
            failed.text.contains(
                #""error":{"type":"Timeout","message":"m","details":{"a":[1,2.50]}}"#))
        #expect(failed.object["attempts"] == nil)
        let attempts = try await details(job.id).object["attempts"] as? [[String: Any]]
        let attempt = try #require(attempts?.first)
        #expect(attempts?.count == 1)
        #expect(attempt["attempt"] as? Int == 1)
        #expect(attempt["started"] as? String == started)
        #expect(attempt["ended"] as? String == service.clock.text())
        #expect(attempt["outcome"] as? String == "failed")
        #expect(attempt["worker"] as? String == "w1")
        #expect(attempt["delay"] as? Int == 1000)
        #expect((attempt["error"] as? [String: Any])?["type"] as? String == "Timeout")
        #expect(attempt["reason"] == nil)
    }

    @Test("a job that may not be tried again has failed", arguments: ["no_retry", "limit"])
    func giveUp(reason: String) async throws {
        let job = try await startedJob(reason == "limit" ? #""max_retries":1"# : "")

        let failed = try await fail(job, reason == "limit" ? "" : #","retry":false"#)

        #expect(failed.string("failed") == service.clock.text())
        #expect(failed.object["error"] == nil)
        let shown = try await details(job.id)
        #expect(shown.string("state") == "failed")
        let attempts = shown.object["attempts"] as? [[String: Any]]
        #expect(attempts?.map { $0["reason"] as? String } == [reason])
        service.clock.advance(by: 100_000_000)
        #expect(try await service.start(job.id).status == 204)
        #expect(try await service.start().status == 204)
    }

    @Test("a failure to which the limit of the service applies is the last one")
    func limitOfTheService() async throws {
        let added = try await service.addJob(#""retry":{"backoff":"none"}"#)
        for attempt in 1...3 {
            let job = try await service.start()
            #expect(job.id == added.id)
            let failed = try await fail(job)
            #expect((failed.object["failed"] != nil) == (attempt == 3))
        }
    }

    @Test(
        "the worker can choose the delay",
        arguments: [(#","delay":250"#, 250), (#","delay":0"#, nil), (#","delay":-5"#, nil)])
    func delay(more: String, delay: Int64?) async throws {
        let failed = try await fail(try await startedJob(), more)

        #expect(failed.string("delayed_until") == delay.map { service.clock.text(in: $0) })
        #expect(try await service.start().status == (delay == nil ? 200 : 204))
    }

    @Test("null counts as left out")
    func nulls() async throws {
        let failed = try await fail(
            try await startedJob(),
            #","error":{"type":null,"details":null},"retry":null,"delay":null"#)

        #expect(failed.string("delayed_until") == service.clock.text(in: 1000))
        #expect(failed.object["error"] == nil)
        #expect(try await fail(try await startedJob(), #","error":null"#).status == 200)
    }

    @Test("types and messages that are too long are cut, and details are refused")
    func sizes() async throws {
        let job = try await startedJob()
        let long = { (count: Int) in String(repeating: "ä", count: count) }

        let refused = try await fail(
            job, #","error":{"details":"\#(String(repeating: "d", count: 65535))"}"#)
        let unchanged = try await service.get(job.id)
        let failed = try await fail(
            job,
            #","error":{"type":"\#(long(201))","message":"\#(long(4001))","details":"\#(String(repeating: "d", count: 65534))"}"#
        )

        #expect(refused.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(refused.violations.map { $0["path"] as? String } == ["error.details"])
        #expect(!unchanged.isNull("started"))
        #expect(failed.status == 200)
        let error = failed.object["error"] as? [String: Any]
        #expect(error?["type"] as? String == long(200))
        #expect(error?["message"] as? String == long(4000))
        #expect((error?["details"] as? String)?.count == 65534)
    }

    @Test("a token that is not the last one is a conflict, and an unknown job is 204")
    func fencing() async throws {
        let job = try await startedJob()

        let stranger = try await service.post(
            "fail_job", #"{"job_id":"\#(job.id)","lock_token":"x"}"#)

        #expect(stranger.isError(409, "Conflict", "LOCK_LOST"))
        #expect(try await service.post("fail_job", id: "none").status == 204)
        #expect(try await fail(job).status == 200)
        #expect(try await fail(job).object["failed"] == nil)
    }

    @Test("each item of a batch fails on its own")
    func batch() async throws {
        let (first, second) = (try await startedJob(), try await startedJob())

        let answer = try await service.post(
            "fail_jobs",
            #"""
            {"jobs":[{"job_id":"\#(first.id)","retry":false,"error":{"type":"a"}},
            {"job_id":"\#(second.id)","error":{"type":5}},{"job_id":"\#(second.id)","lock_token":"x"},
            {"job_id":"none"},{"job_id":"\#(second.id)","error":[]}]}
            """#)

        let items = answer.object["data"] as? [Any] ?? []
        #expect(items.count == 5)
        #expect(answer.object["data"] is [Any])
        let codes = items.map { ($0 as? [String: Any])?["code"] as? String }
        #expect(codes == [nil, "INVALID_DATA", "LOCK_LOST", nil, "INVALID_DATA"])
        #expect(items[3] is NSNull)
        #expect((items[0] as? [String: Any])?["failed"] as? String == service.clock.text())
        let message = (items[1] as? [String: Any])?["message"] as? String
        #expect(message?.contains("jobs.1.error.type type must be string") == true)
    }

    @Test("progress and a result stay with the job, and progress reaches the next worker")
    func progress() async throws {
        let job = try await startedJob()
        let body = #"{"job_id":"\#(job.id)","timeout":10000"#

        let extended = try await service.post(
            "extend_job", body + #","progress":{"done": 5, "of": 1e2}}"#)
        let kept = try await service.post("extend_job", body + #","progress":null}"#)
        let refused = try await service.post(
            "extend_job", body + #","progress":[\#(String(repeating: "1,", count: 33_000))1]}"#)
        _ = try await fail(job, #","delay":0"#)
        let next = try await service.start()
        let completed = try await service.post(
            "complete_job", #"{"job_id":"\#(job.id)","result":[1, "a", null]}"#)

        for answer in [extended, kept, next] {
            #expect(answer.text.contains(#""progress":{"done": 5, "of": 1e2}"#))
        }
        #expect(refused.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(refused.violations.map { $0["path"] as? String } == ["progress"])
        #expect(completed.text.contains(#""result":[1, "a", null]"#))
        #expect(try await service.get(job.id).text == completed.text)
    }

    @Test("extends and completions in a batch take progress and results")
    func batches() async throws {
        let (first, second) = (try await startedJob(), try await startedJob())

        let extended = try await service.post(
            "extend_jobs",
            #"""
            {"jobs":[{"job_id":"\#(first.id)","timeout":1000,"progress":1},
            {"job_id":"\#(second.id)","timeout":1000,
            "progress":"\#(String(repeating: "x", count: 65535))"}]}
            """#)
        let completed = try await service.post(
            "complete_jobs",
            #"{"jobs":[{"job_id":"\#(first.id)","result":true},{"job_id":"\#(second.id)"}]}"#)

        #expect(extended.jobs.map { $0["progress"] as? Int } == [1, nil])
        #expect(
            (extended.jobs.last?["message"] as? String)?.contains("jobs.1.progress") == true)
        #expect(completed.jobs.map { $0["result"] as? Bool } == [true, nil])
    }

    @Test("the worker of the last start is shown, and a start without one removes it")
    func worker() async throws {
        let job = try await startedJob()
        let name = String(repeating: "ä", count: 200)

        #expect(try await service.get(job.id).string("worker") == "w1")
        let long = try await service.post(
            "start_jobs_by_type",
            #"{"type":"t1","timeout":1,"max_jobs":5,"worker":"\#(name)x"}"#)
        #expect(long.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(long.violations.map { $0["path"] as? String } == ["worker"])
        _ = try await fail(job, #","delay":0"#)
        let claimed = try await service.post(
            "start_jobs_by_type",
            #"{"type":"t1","timeout":0,"max_jobs":5,"worker":"\#(name)"}"#)
        #expect(claimed.jobs.map { $0["worker"] as? String } == [name])
        let anonymous = try await service.start()
        #expect(anonymous.id == job.id)
        #expect(anonymous.object["worker"] == nil)
        let attempts = try await details(job.id).object["attempts"] as? [[String: Any]]
        #expect(attempts?.map { $0["worker"] as? String } == ["w1", name])
        #expect(attempts?.map { $0["outcome"] as? String } == ["failed", "lapsed"])
    }
}
