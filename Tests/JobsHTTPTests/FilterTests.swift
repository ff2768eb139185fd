import Foundation
import Jobs
import JobsTestSupport
import Testing

@testable import JobsHTTP

/// The moment so many milliseconds after the jobs of the filter tests began.
private func moment(_ milliseconds: Int64) -> String {
    TestClock.start.advanced(by: milliseconds).description
}

@Suite("Filter of get_jobs")
struct FilterTests {
    /// Four jobs a second apart, each at another stage:
    /// `a` is new; `b` was started, until 9000; `c` was started three times, is completed at 3000,
    /// and may be executed until 60,000 after its creation; `d` has an unusual type and reference.
    private static func service() async throws -> (service: TestService, ids: [String]) {
        let service = TestService()
        let a = try await service.addJob(type: "t1", refID: "a")
        service.clock.advance(by: 1000)
        let b = try await service.addJob(type: "t1", refID: "b")
        _ = try await service.start(b.id, timeout: 8000)
        service.clock.advance(by: 1000)
        let c = try await service.addJob(type: "t2", refID: "c", ttl: 60_000)
        for _ in 0..<3 { _ = try await service.start(c.id, timeout: 0) }
        service.clock.advance(by: 1000)
        _ = try await service.post("complete_job", id: c.id)
        let d = try await service.addJob(type: "T.*", refID: "d $")
        return (service, [a.id, b.id, c.id, d.id])
    }

    static let all = ["a", "b", "c", "d $"]

    static let rows: [(filter: String, found: [String])] = [
        ("{}", all), ("null", all), (#"{"type":"t1"}"#, ["a", "b"]), (#"{"type":"t2"}"#, ["c"]),
        (#"{"type":"T1"}"#, []), (#"{"type":"t"}"#, []), (#"{"type":"T.*"}"#, ["d $"]),
        (#"{"type":".*"}"#, []), (#"{"ref_id":"b"}"#, ["b"]), (#"{"ref_id":"B"}"#, []),
        (#"{"ref_id":"d $"}"#, ["d $"]), (#"{"type":"t1","ref_id":"c"}"#, []),
        (#"{"type":"t1","ref_id":"b","retries":1}"#, ["b"]), (#"{"id":"unknown"}"#, []),

        (#"{"created":"\#(moment(1000))"}"#, ["b"]), (#"{"created":"\#(moment(999))"}"#, []),
        (#"{"created_from":"\#(moment(1000))"}"#, ["b", "c", "d $"]),
        (#"{"created_from":"\#(moment(1001))"}"#, ["c", "d $"]),
        (#"{"created_to":"\#(moment(1000))"}"#, ["a", "b"]),
        (#"{"created_to":"\#(moment(999))"}"#, ["a"]),
        (
            #"{"created_from":"\#(moment(1000))","created_to":"\#(moment(2000))"}"#, ["b", "c"]
        ), (#"{"created_from":"\#(moment(2000))","created_to":"\#(moment(1000))"}"#, []),

        (#"{"started":"\#(moment(1000))"}"#, ["b"]), (#"{"started":"\#(moment(2000))"}"#, []),
        (#"{"started_from":"\#(moment(1000))"}"#, ["b"]),
        (#"{"started_from":"\#(moment(1001))"}"#, []),
        (#"{"started_to":"\#(moment(1000))"}"#, ["b"]),
        (#"{"started_to":"\#(moment(999))"}"#, []),

        (#"{"locked_until":"\#(moment(9000))"}"#, ["b"]),
        (#"{"locked_from":"\#(moment(9000))"}"#, ["b"]),
        (#"{"locked_from":"\#(moment(9001))"}"#, []),
        (#"{"locked_to":"\#(moment(9000))"}"#, ["b"]),
        (#"{"locked_to":"\#(moment(8999))"}"#, []),

        (#"{"execute_until":"\#(moment(62_000))"}"#, ["c"]),
        (#"{"execute_from":"\#(moment(62_000))"}"#, ["c"]),
        (#"{"execute_from":"\#(moment(62_001))"}"#, []),
        (#"{"execute_to":"\#(moment(62_000))"}"#, ["c"]),
        (#"{"execute_to":"\#(moment(61_999))"}"#, []),

        (#"{"completed":"\#(moment(3000))"}"#, ["c"]),
        (#"{"completed_from":"\#(moment(3000))"}"#, ["c"]),
        (#"{"completed_from":"\#(moment(3001))"}"#, []),
        (#"{"completed_to":"\#(moment(3000))"}"#, ["c"]),
        (#"{"completed_to":"\#(moment(2999))"}"#, []),
        (#"{"completed_to":"9999-12-31T23:59:59.999Z"}"#, ["c"]),

        (#"{"retries":0}"#, ["a", "d $"]), (#"{"retries":1}"#, ["b"]), (#"{"retries":3}"#, ["c"]),
        (#"{"retries":"1"}"#, ["b"]), (#"{"retries":1.0}"#, ["b"]), (#"{"retries":"1.0"}"#, ["b"]),
        (#"{"retries":0.5}"#, ["b"]), (#"{"retries":1e0}"#, ["b"]), (#"{"retries":-1}"#, []),
        (#"{"min_retries":0}"#, ["b", "c"]), (#"{"min_retries":1}"#, ["c"]),
        (#"{"min_retries":3}"#, []), (#"{"min_retries":-1}"#, all),
        (#"{"min_retries":"1"}"#, ["c"]),
    ]

    @Test("a filter finds jobs that meet all conditions, in order of creation", arguments: rows)
    func conditions(filter: String, found: [String]) async throws {
        let service = try await Self.service().service

        #expect(try await service.list(filter) == found)
    }

    @Test("an id finds its job")
    func id() async throws {
        let (service, ids) = try await Self.service()

        #expect(try await service.list(#"{"id":"\#(ids[1])"}"#) == ["b"])
        #expect(try await service.list(#"{"id":"\#(ids[1].uppercased())"}"#) == [])
    }

    @Test(
        "a value that is not a valid date or number is ignored",
        arguments: [
            "created", "created_from", "created_to", "started", "started_from", "started_to",
            "locked_until", "locked_from", "locked_to", "execute_until", "execute_from",
            "execute_to", "completed", "completed_from", "completed_to", "retries", "min_retries",
        ])
    func unreadable(key: String) async throws {
        let service = try await Self.service().service

        for value in [#""abc""#, #""""#, "null", "true", "[]", "{}", #"{"$ne":null}"#, #""NaN""#] {
            #expect(try await service.list(#"{"\#(key)":\#(value)}"#) == Self.all, "\(value)")
        }
    }

    @Test("milliseconds since 1970 are not read as dates", arguments: ["created", "completed_to"])
    func epoch(key: String) async throws {
        let service = try await Self.service().service

        for value in ["1795485905107", #""1795485905107""#, "0", "-1", "1e12"] {
            #expect(try await service.list(#"{"\#(key)":\#(value)}"#) == Self.all, "\(value)")
        }
    }

    @Test("an empty or null value is ignored", arguments: ["id", "type", "ref_id"])
    func emptyValues(key: String) async throws {
        let service = try await Self.service().service

        for value in [#""""#, "null", "[]", "[ ]"] {
            #expect(try await service.list(#"{"\#(key)":\#(value)}"#) == Self.all, "\(value)")
        }
    }

    @Test(
        "other values are compared as text and never act as operators", arguments: ["id", "type"])
    func otherValues(key: String) async throws {
        let service = try await Self.service().service

        for value in [
            #"{"$ne":null}"#, "{}", #"{"$gt":""}"#, #"["t1"]"#, #"[["t1"]]"#, "[null]", "5", "true",
        ] {
            #expect(try await service.list(#"{"\#(key)":\#(value)}"#) == [], "\(value)")
        }
    }

    @Test("numbers and booleans find the types that are called so")
    func stringified() async throws {
        let service = TestService()
        for type in ["5", "true", "1.50"] { _ = try await service.addJob(type: type, refID: type) }

        #expect(try await service.list(#"{"type":5}"#) == ["5"])
        #expect(try await service.list(#"{"type":true}"#) == ["true"])
    }

    @Test(
        "unknown keys are ignored", arguments: ["lock", "ref_id ", "Type", "$where", "", "params"])
    func unknownKeys(key: String) async throws {
        let service = try await Self.service().service

        #expect(try await service.list(#"{"\#(key)":"x"}"#) == Self.all)
    }
}
