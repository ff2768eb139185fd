import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Validation: accepted values and their meaning")
struct CoercionTests {
    let service = TestService()

    @Test(
        "optional arguments may be null",
        arguments: [
            ("get_jobs", #"{"filter":null,"paging":null}"#, 200),
            ("get_jobs", #"{"paging":{"skip":null,"take":null,"total":null}}"#, 200),
            ("start_job_by_type", #"{"type":"t","timeout":1,"max_retries":null}"#, 204),
            ("complete_job", #"{"job_id":"1","lock_token":null}"#, 204),
            (
                "add_job",
                #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"params":null,"priority":null,"delay":null}}"#,
                200
            ),
        ])
    func nullOptionals(operation: String, body: String, status: Int) async throws {
        #expect(try await service.post(operation, body).status == status)
    }

    @Test("undeclared arguments and members are ignored")
    func unknownMembers() async throws {
        let answer = try await service.post(
            "add_job",
            #"""
            {"x":{"y":[1]},"new_job":{"type":"t","ref_id":"r","ttl":0,"id":"mine","retries":7,
            "created":"2000-01-01T00:00:00Z","completed":"x","lock_token":5,"nested":{"type":5}}}
            """#)

        #expect(answer.status == 200)
        #expect(answer.id != "mine" && answer.id.count == 32)
        #expect(answer.integer("retries") == 0)
        #expect(answer.string("created") == service.clock.text())
        #expect(answer.isNull("completed"))
    }

    @Test("empty strings are strings")
    func emptyStrings() async throws {
        let job = try await service.addJob(type: "", refID: "")
        let started = try await service.start(type: "")

        #expect(job.string("type") == "" && job.string("ref_id") == "")
        #expect(started.id == job.id)
        #expect(try await service.get("").status == 204)
    }

    @Test("the last one of a repeated member counts, in any escaping of its name")
    func duplicateMembers() async throws {
        let answer = try await service.post(
            "add_job",
            #"{"new_job":{"type":1,"ref_id":"r","ttl":0,"t\u0079pe":"last"}}"#)

        #expect(answer.status == 200)
        #expect(answer.string("type") == "last")
    }

    @Test(
        "any JSON number is an integer, rounded up",
        arguments: [
            ("5", 5), ("5.0", 5), ("5e3", 5000), ("5.5", 6), ("0.001", 1), ("-0.5", 0),
            ("-1.5", -1),
            ("0", 0), ("-0", 0), ("-7", -7), ("1E2", 100), ("1500e-3", 2),
        ])
    func numbers(text: String, milliseconds: Int) async throws {
        let id = try await service.addJob().id

        let started = try await service.post(
            "start_job_by_id", #"{"job_id":"\#(id)","timeout":\#(text)}"#)

        #expect(started.string("locked_until") == service.clock.text(in: Int64(milliseconds)))
    }

    @Test("a lease of 0 or less has lapsed at once", arguments: [0, -1, -100_000])
    func timeoutZero(timeout: Int) async throws {
        let id = try await service.addJob().id

        let first = try await service.start(id, timeout: timeout)
        let second = try await service.start(type: "t1", timeout: timeout)

        #expect(first.string("locked_until") == service.clock.text(in: Int64(timeout)))
        #expect(second.id == id)
        #expect(second.integer("retries") == 2)
    }

    static let huge = [
        "8640000000000000", "8640000000000001", "9223372036854775807", "9223372036854775808",
        "1e30",
        "1e308", "1e400", "123456789012345678901234567890",
    ]

    @Test("a lease beyond the range of dates ends at the last date and holds", arguments: huge)
    func hugeTimeout(timeout: String) async throws {
        let id = try await service.addJob().id

        let started = try await service.post(
            "start_job_by_id", #"{"job_id":"\#(id)","timeout":\#(timeout)}"#)
        let extended = try await service.post(
            "extend_job", #"{"job_id":"\#(id)","timeout":\#(timeout)}"#)

        #expect(started.string("locked_until") == "9999-12-31T23:59:59.999Z")
        #expect(extended.string("locked_until") == "9999-12-31T23:59:59.999Z")
        #expect(try await service.start(id).status == 204)
        #expect(try await service.start(type: "t1").status == 204)
    }

    @Test("a time to live beyond the range of dates ends at the last date", arguments: huge)
    func hugeTTL(ttl: String) async throws {
        let job = try await service.post(
            "add_job", #"{"new_job":{"type":"t1","ref_id":"r","ttl":\#(ttl)}}"#)

        #expect(job.string("execute_until") == "9999-12-31T23:59:59.999Z")
        #expect(try await service.post("clean_jobs").status == 204)
        let kept = try await service.get(job.id)
        #expect(kept.string("execute_until") == job.string("execute_until"))
        #expect(try await service.start(job.id).status == 200)
    }

    @Test("numbers far below zero set no limit", arguments: ["-8640000000000001", "-1e400"])
    func hugeNegative(value: String) async throws {
        let job = try await service.post(
            "add_job",
            #"{"new_job":{"type":"t1","ref_id":"r","ttl":\#(value),"delay":\#(value)}}"#)
        let started = try await service.post(
            "start_job_by_type", #"{"type":"t1","timeout":\#(value)}"#)

        #expect(job.isNull("execute_until"))
        #expect(started.status == 200)
        #expect(started.string("locked_until") == "0001-01-01T00:00:00.000Z")
        #expect(try await service.start(type: "t1").status == 200)
    }

    @Test("huge numbers elsewhere are harmless", arguments: huge + huge.map { "-" + $0 })
    func hugeElsewhere(value: String) async throws {
        _ = try await service.addJob()
        let paging = try await service.post(
            "get_jobs", #"{"paging":{"skip":\#(value),"take":\#(value)}}"#)
        let filter = try await service.post(
            "get_jobs", #"{"filter":{"retries":\#(value),"min_retries":"\#(value)"}}"#)
        let limit = try await service.post(
            "start_job_by_type", #"{"type":"t1","timeout":1,"max_retries":\#(value)}"#)

        #expect(paging.status == 200)
        #expect(filter.status == 200)
        #expect(limit.status == (value.hasPrefix("-") ? 204 : 200))
    }

    @Test("a fraction of a millisecond does not hurt a time to live")
    func fractionalTTL() async throws {
        let job = try await service.post(
            "add_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":1000.5}}"#)

        let expected = [service.clock.text(in: 1000), service.clock.text(in: 1001)]
        #expect(job.string("execute_until").map(expected.contains) == true)
    }

    @Test("a number of very many digits is a number like any other")
    func manyDigits() async throws {
        let digits = String(repeating: "7", count: 100_000)
        let id = try await service.addJob().id

        for (number, locked) in [
            (digits, "9999-12-31T23:59:59.999Z"), ("1." + digits, service.clock.text(in: 2)),
            ("0." + digits + "e1", service.clock.text(in: 8)),
            ("1e" + digits, "9999-12-31T23:59:59.999Z"), ("1e-" + digits, nil),
        ] {
            let answer = try await service.post(
                "start_job_by_id", #"{"job_id":"\#(id)","timeout":\#(number)}"#)
            let page = try await service.post("get_jobs", #"{"filter":{"retries":"\#(number)"}}"#)

            #expect(answer.status == 200)
            if let locked { #expect(answer.string("locked_until") == locked) }
            #expect(page.status == 200)
            _ = try await service.post("abort_job", id: id)
        }
    }
}
