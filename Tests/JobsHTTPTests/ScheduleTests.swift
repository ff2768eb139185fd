import HTTPTestSupport
import JobsAPI
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Schedules over HTTP")
struct ScheduleTests {
    private let service = TestService()

    private func set(_ members: String, job: String = #""type":"mail","ref_id":"r","ttl":0"#)
        async throws -> TestAnswer
    {
        try await service.post("set_schedule", "{\(members),\"new_job\":{\(job)}}")
    }

    @Test("a schedule is answered with its defaults and its next firing")
    func setting() async throws {
        let answer = try await set(
            #""id":"s","every":1500,"overlap":null"#,
            job: #""type":"mail","ref_id":"r","ttl":0,"params":{"a":1.50},"max_retries":3"#)

        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"id":"s","every":1500,"time_zone":"UTC","new_job":{"type":"mail","#
                + #""ref_id":"r","ttl":0,"params":{"a":1.50},"max_retries":3},"#
                + #""overlap":"allow","catch_up":"one","next":""#
                + service.clock.text(in: 1500) + #""}"#)
    }

    @Test("a cron expression goes by its time zone")
    func cron() async throws {
        let answer = try await set(
            #""id":"s","cron":"30 3 * * *","time_zone":"Asia/Kolkata","catch_up":"all""#)

        // It is 07:35 in Kolkata.
        #expect(answer.string("next") == "2026-11-24T22:00:00.000Z")
        #expect(answer.string("cron") == "30 3 * * *" && answer.object["every"] == nil)
    }

    @Test(
        "mistakes are named",
        arguments: [
            (#""id":"s""#, "cron or every must not be null"),
            (#""id":"s","cron":"@daily","every":1000"#, "cron and every exclude each other"),
            (#""id":"","every":1000"#, "id must not be empty"),
            (#""every":1000"#, "id must not be null"),
            (#""id":"s","every":999"#, "every must be in 1000 to"),
            (#""id":"s","cron":"0 0 30 2 *""#, "cron cannot be used: "),
            (#""id":"s","cron":"0 0 * *""#, "must have five fields"),
            (#""id":"s","cron":"0 0 L * *""#, "cron cannot be used: "),
            (#""id":"s","every":1000,"time_zone":"Mars/Base""#, "time_zone is not a time zone"),
            (#""id":"s","every":1000,"overlap":"maybe""#, "overlap must be one of allow, skip"),
            (#""id":"s","every":1000,"catch_up":1"#, "catch_up"),
            (#""id":"s","every":1000,"until":"soon""#, "until must be a date"),
            (#""id":"s","every":1000,"paused":"no""#, "paused"),
        ])
    func mistakes(members: String, message: String) async throws {
        let answer = try await set(members)

        #expect(answer.status == 400)
        #expect(answer.string("message")?.contains(message) == true, "\(answer.text)")
        #expect(try await service.post("get_schedules").text == #"{"data":[],"total":null}"#)
    }

    @Test("a job of a schedule is checked like any other, and has no request id")
    func jobs() async throws {
        let unnamed = try await set(#""id":"s","every":1000"#, job: #""type":"mail","ttl":0"#)
        let asked = try await set(
            #""id":"s","every":1000"#,
            job: #""type":"mail","ref_id":"r","ttl":0,"request_id":"x""#)

        #expect(unnamed.string("message")?.contains("new_job.ref_id must not be null") == true)
        #expect(asked.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(asked.string("message")?.contains("new_job.request_id") == true)
    }

    @Test("a schedule is listed, run and deleted, and an unknown one is 204")
    func life() async throws {
        let set = try await set(#""id":"b","every":60000,"paused":true"#)
        _ = try await self.set(#""id":"a","every":60000"#)

        let job = try await service.post("run_schedule", #"{"id":"b"}"#)
        let all = try await service.post("get_schedules", #"{"paging":{"total":true,"take":1}}"#)
        let one = try await service.post("get_schedules", #"{"id":"b"}"#)
        let deleted = try await service.post("delete_schedule", #"{"id":"b"}"#)

        #expect(set.object["next"] == nil && set.object["paused"] as? Bool == true)
        #expect(job.status == 200 && job.string("type") == "mail")
        #expect(all.jobs.map { $0["id"] as? String } == ["a"] && all.integer("total") == 2)
        #expect(one.jobs.map { $0["last_job_id"] as? String } == [job.id])
        #expect(deleted.string("last_job_id") == job.id)
        for operation in ["run_schedule", "delete_schedule"] {
            #expect(try await service.post(operation, #"{"id":"b"}"#).status == 204)
        }
        #expect(try await service.post("get_schedules", #"{"id":"b"}"#).jobs.isEmpty)
        #expect(try await service.get(job.id).status == 200)
    }

    @Test("the audit log has what operators do to schedules")
    func audit() async throws {
        _ = try await set(#""id":"s","every":60000"#)
        _ = try await service.post("delete_schedule", #"{"id":"none"}"#)

        let lines = service.log.lines.filter { $0.message.hasPrefix("Audit: ") }
        #expect(lines.map { $0.metadata["schedule"] } == ["s", "none"])
        #expect(lines.map { $0.metadata["outcome"] } == ["done", "absent"])
    }

    @Test("callers that are limited to types see and change only the schedules of these")
    func limits() async throws {
        let service = TestService(access: .sample)
        func post(_ operation: String, _ body: String, as key: String) async throws -> TestAnswer {
            try await service.post(operation, body, headers: bearer(key))
        }
        func schedule(_ id: String, type: String) -> String {
            #"{"id":"\#(id)","every":60000,"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#
        }
        #expect(
            try await post("set_schedule", schedule("own", type: "a"), as: "limited admin").status
                == 200)
        _ = try await post("set_schedule", schedule("other", type: "b"), as: "jobs:admin")

        let foreign = try await post(
            "set_schedule", schedule("new", type: "b"), as: "limited admin")
        let taken = try await post(
            "set_schedule", schedule("other", type: "a"), as: "limited admin")
        let listed = try await post(
            "get_schedules", #"{"paging":{"total":true}}"#, as: "limited admin")
        let named = try await post("get_schedules", #"{"id":"other"}"#, as: "limited admin")

        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(foreign.string("message")?.hasPrefix("new_job.type ") == true)
        #expect(taken.status == 403)
        #expect(listed.jobs.map { $0["id"] as? String } == ["own"] && listed.integer("total") == 1)
        #expect(named.jobs.isEmpty)
        for operation in ["run_schedule", "delete_schedule"] {
            #expect(
                try await post(operation, #"{"id":"other"}"#, as: "limited admin").status == 204)
            #expect(try await post(operation, #"{"id":"own"}"#, as: "limited admin").status == 200)
            #expect(try await post(operation, #"{"id":"own"}"#, as: "jobs:work").status == 403)
        }
        #expect(try await post("get_schedules", "{}", as: "jobs:read").status == 200)
        #expect(try await post("get_schedules", "{}", as: "jobs:produce").status == 403)
    }
}
