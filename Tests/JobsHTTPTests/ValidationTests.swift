import Foundation
import Testing

@testable import JobsHTTP

@Suite("Validation: refused values")
struct ValidationTests {
    let service = TestService()

    static let required: [(operation: String, arguments: [String: String])] = [
        ("add_job", ["new_job": #"{"type":"t","ref_id":"r","ttl":0}"#]),
        ("add_uniq_job", ["new_job": #"{"type":"t","ref_id":"r","ttl":0}"#]),
        ("get_job_by_id", ["job_id": #""1""#]),
        ("start_job_by_id", ["job_id": #""1""#, "timeout": "1"]),
        ("start_job_by_type", ["type": #""t""#, "timeout": "1"]),
        ("extend_job", ["job_id": #""1""#, "timeout": "1"]), ("abort_job", ["job_id": #""1""#]),
        ("complete_job", ["job_id": #""1""#]), ("delete_job_by_id", ["job_id": #""1""#]),
        ("fail_job", ["job_id": #""1""#]), ("cancel_job", ["job_id": #""1""#]),
    ]

    @Test("a required argument may be neither missing nor null", arguments: required)
    func requiredArguments(operation: String, arguments: [String: String]) async throws {
        for name in arguments.keys {
            for value in [nil, "null"] {
                var given = arguments
                given[name] = value
                let body = given.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
                let answer = try await service.post(operation, "{\(body)}")

                #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
                #expect(answer.string("message") == "Validation failed: \(name) must not be null")
                #expect(answer.violations.map { $0["path"] as? String } == [name])
                #expect(answer.violations.map { $0["code"] as? String } == ["VALUE_IS_NULL"])
            }
        }
    }

    /// The places of declared strings, integers, booleans and objects, as the start of a body.
    static let places: [(declared: String, operation: String, path: String, body: String)] = [
        ("string", "get_job_by_id", "job_id", #"{"job_id":VALUE}"#),
        ("string", "start_job_by_type", "type", #"{"type":VALUE,"timeout":1}"#),
        ("string", "complete_job", "lock_token", #"{"job_id":"1","lock_token":VALUE}"#),
        (
            "string", "add_job", "new_job.type",
            #"{"new_job":{"type":VALUE,"ref_id":"r","ttl":0}}"#
        ),
        (
            "string", "add_uniq_job", "new_job.ref_id",
            #"{"new_job":{"type":"t","ref_id":VALUE,"ttl":0}}"#
        ),
        (
            "integer", "add_job", "new_job.ttl",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":VALUE}}"#
        ),
        (
            "integer", "add_job", "new_job.priority",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"priority":VALUE}}"#
        ),
        (
            "integer", "add_job", "new_job.delay",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"delay":VALUE}}"#
        ),
        ("integer", "start_job_by_id", "timeout", #"{"job_id":"1","timeout":VALUE}"#),
        ("integer", "extend_job", "timeout", #"{"job_id":"1","timeout":VALUE}"#),
        (
            "integer", "start_job_by_type", "max_retries",
            #"{"type":"t","timeout":1,"max_retries":VALUE}"#
        ), ("integer", "get_jobs", "paging.skip", #"{"paging":{"skip":VALUE}}"#),
        ("integer", "get_jobs", "paging.take", #"{"paging":{"take":VALUE}}"#),
        ("boolean", "get_jobs", "paging.total", #"{"paging":{"total":VALUE}}"#),
        ("map", "get_jobs", "filter", #"{"filter":VALUE}"#),
        ("map", "get_jobs", "paging", #"{"paging":VALUE}"#),
        ("map", "add_job", "new_job", #"{"new_job":VALUE}"#),
        ("map", "add_uniq_job", "new_job", #"{"new_job":VALUE}"#),
        (
            "map", "add_job", "new_job.retry",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"retry":VALUE}}"#
        ),
        (
            "integer", "add_job", "new_job.max_retries",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"max_retries":VALUE}}"#
        ),
        (
            "integer", "add_job", "new_job.retry.max_delay",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"retry":{"max_delay":VALUE}}}"#
        ),
        (
            "string", "add_job", "new_job.group",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"group":VALUE}}"#
        ), ("map", "fail_job", "error", #"{"job_id":"1","error":VALUE}"#),
        ("string", "fail_job", "error.type", #"{"job_id":"1","error":{"type":VALUE}}"#),
        ("string", "fail_job", "error.message", #"{"job_id":"1","error":{"message":VALUE}}"#),
        ("boolean", "fail_job", "retry", #"{"job_id":"1","retry":VALUE}"#),
        ("integer", "fail_job", "delay", #"{"job_id":"1","delay":VALUE}"#),
        ("string", "start_job_by_id", "worker", #"{"job_id":"1","timeout":1,"worker":VALUE}"#),
        ("string", "start_job_by_type", "worker", #"{"type":"1","timeout":1,"worker":VALUE}"#),
        ("array", "replay_jobs", "job_ids", #"{"job_ids":VALUE}"#),
        ("map", "replay_jobs", "filter", #"{"filter":VALUE}"#),
        ("boolean", "replay_jobs", "dry_run", #"{"job_ids":[],"dry_run":VALUE}"#),
        ("integer", "replay_jobs", "ttl", #"{"job_ids":[],"ttl":VALUE}"#),
        ("string", "get_jobs", "filter.worker", #"{"filter":{"worker":VALUE}}"#),
        ("string", "get_jobs", "filter.group", #"{"filter":{"group":VALUE}}"#),
        ("string", "get_jobs", "filter.error_type", #"{"filter":{"error_type":VALUE}}"#),
        ("string", "get_jobs", "filter.error_key", #"{"filter":{"error_key":VALUE}}"#),
        ("array", "get_jobs", "fields", #"{"fields":VALUE}"#),
        ("string", "get_errors", "type", #"{"type":VALUE}"#),
        ("string", "get_jobs", "paging.after", #"{"paging":{"after":VALUE}}"#),
    ]

    /// Values and the names of their types.
    static let values: [(value: String, type: String)] = [
        (#""5""#, "string"), (#""true""#, "string"), (#""""#, "string"), ("0", "long"),
        ("1", "long"), ("-5", "long"), ("5.5", "double"), ("5e3", "double"), ("true", "boolean"),
        ("false", "boolean"), ("[]", "array"), ("[1]", "array"), ("{}", "map"),
        (#"{"type":"t"}"#, "map"),
    ]

    @Test(
        "a value of another type than the declared one is refused, empty ones too",
        arguments: places)
    func typeMismatch(declared: String, operation: String, path: String, body: String) async throws
    {
        for (value, type) in Self.values where !fits(type, declared) {
            let answer = try await service.post(
                operation, body.replacingOccurrences(of: "VALUE", with: value))

            #expect(answer.isError(400, "BadRequest", "INVALID_DATA"), "\(value)")
            let message = "\(path) type must be \(declared) but found \(type)"
            #expect(answer.string("message") == "Validation failed: " + message)
            let violation = try #require(answer.violations.first)
            #expect(violation["path"] as? String == path)
            #expect(violation["expected"] as? String == declared)
            #expect(violation["actual"] as? String == type)
            let code = declared == "map" ? "VALUE_ISNOT_MAP" : "TYPE_MISMATCH"
            #expect(violation["code"] as? String == code)
        }
        #expect(try await service.countJobs() == 0)
    }

    private func fits(_ type: String, _ declared: String) -> Bool {
        type == declared || declared == "integer" && ["long", "double"].contains(type)
    }

    @Test("all mistakes are reported at once, in the words of the original services")
    func allAtOnce() async throws {
        let answer = try await service.post("add_job", #"{"new_job":{"type":5,"ttl":"7"}}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(
            answer.string("message")
                == "Validation failed: new_job.type type must be string but found long, "
                + "new_job.ref_id must not be null, "
                + "new_job.ttl type must be integer but found string")
        #expect(
            answer.violations.map { $0["path"] as? String } == [
                "new_job.type", "new_job.ref_id", "new_job.ttl",
            ])
        let fields: Set<String> = ["path", "type", "code", "message", "expected", "actual"]
        #expect(answer.violations.allSatisfy { Set($0.keys) == fields })
    }

    @Test(
        "a priority beyond 32 bits is refused",
        arguments: ["2147483648", "-2147483649", "1e400", "-9223372036854775808"])
    func priorityRange(value: String) async throws {
        let answer = try await service.post(
            "add_job",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"priority":\#(value)}}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.first?["code"] as? String == "VALUE_OUT_OF_RANGE")
        #expect(answer.string("message")?.contains("new_job.priority") == true)
    }

    @Test("types and references have a limit of bytes, and ids need none")
    func nameLimits() async throws {
        let service = TestService()
        let type = String(repeating: "ä", count: 512)
        let refID = String(repeating: "r", count: 4096)
        let job = { (type: String, refID: String) in
            #"{"type":"\#(type)","ref_id":"\#(refID)","ttl":0}"#
        }
        let bodies: [(operation: String, body: String, path: String)] = [
            ("add_job", #"{"new_job":\#(job(type + "x", "r"))}"#, "new_job.type"),
            ("add_uniq_job", #"{"new_job":\#(job("t", refID + "x"))}"#, "new_job.ref_id"),
            ("start_job_by_type", #"{"type":"\#(type)x","timeout":1}"#, "type"),
            ("start_jobs_by_type", #"{"type":"\#(type)x","timeout":1,"max_jobs":1}"#, "type"),
            ("get_jobs", #"{"filter":{"type":"\#(type)x"}}"#, "filter.type"),
            ("get_jobs", #"{"filter":{"ref_id":"\#(refID)x"}}"#, "filter.ref_id"),
        ]

        for (operation, body, path) in bodies {
            let answer = try await service.post(operation, body)

            #expect(answer.isError(400, "BadRequest", "INVALID_DATA"), "\(operation)")
            #expect(answer.violations.map { $0["path"] as? String } == [path])
            #expect(answer.violations.map { $0["code"] as? String } == ["VALUE_OUT_OF_RANGE"])
        }
        let longest = try await service.post("add_job", #"{"new_job":\#(job(type, refID))}"#)
        #expect(longest.status == 200)
        #expect(try await service.list(#"{"type":"\#(type)","ref_id":"\#(refID)"}"#).count == 1)
        let batch = try await service.post(
            "add_jobs", #"{"new_jobs":[\#(job(type + "x", "r")),\#(job("t", "r"))]}"#)
        #expect(batch.jobs.map { $0["status"] as? Int } == [400, nil])
        let id = String(repeating: "7", count: 100_000)
        for operation in ["get_job_by_id", "complete_job", "abort_job", "delete_job_by_id"] {
            #expect(try await service.post(operation, id: id).status == 204)
        }
        #expect(try await service.start(id).status == 204)
    }
}
