import Foundation
import HTTPTestSupport
import HTTPTypes
import Testing

@testable import JobsHTTP

@Suite("Correlation id")
struct CorrelationTests {
    static let rows: [(query: String, headers: [String: String], id: String?)] = [
        ("", [:], nil), ("?correlation_id=q", [:], "q"), ("", ["correlation_id": "h"], "h"),
        ("?correlation_id=q", ["correlation_id": "h"], "q"),
        ("?correlation_id=", ["correlation_id": "h"], "h"),
        ("?correlation_id", ["correlation_id": "h"], "h"), ("?correlation_id=", [:], nil),
        ("?a=1&correlation_id=q&b=2", [:], "q"), ("?correlation_id=a%20b%2F%C3%A4", [:], "a b/ä"),
        ("", ["CORRELATION_ID": "h"], "h"), ("", ["correlation_id": ""], nil),
        ("?trace_id=t", [:], "t"), ("", ["trace_id": "th"], "th"),
        ("?trace_id=t", ["trace_id": "th"], "t"),
        ("?trace_id=t&correlation_id=q", ["correlation_id": "h"], "q"),
        ("", ["X-Correlation-ID": "x", "traceparent": "y"], nil),
        ("?correlation_id=a+b%2B", [:], "a b+"),
        ("?correlation_id=%22%5C%00", [:], "\"\\\u{0}"), ("?correlation_id=100%", [:], "100%"),
    ]

    @Test(
        "comes from the query, else from a header, and goes into error bodies and the log",
        arguments: rows)
    func places(query: String, headers: [String: String], id: String?) async throws {
        let service = TestService()

        let answer = try await service.post("add_job" + query, nil, headers: headers)

        #expect(answer.status == 400)
        #expect(answer.string("correlation_id") == id)
        #expect(answer.isNull("correlation_id") == (id == nil))
        #expect(service.log.lines.last?.correlationID == id)
    }

    @Test(
        "a long one is cut to the whole characters of its first 4 KiB",
        arguments: ["x", "ä", "xä", "😀", "x😀", "e\u{301}"])
    func long(unit: String) async throws {
        let id = String(repeating: unit, count: 5000)
        let query = id.utf8.map { "%" + String(Int($0) + 256, radix: 16).dropFirst() }.joined()

        let answer = try await TestService().post("add_job?correlation_id=" + query)

        let cut = try #require(answer.string("correlation_id"))
        #expect((4093...4096).contains(cut.utf8.count))
        #expect(id.utf8.starts(with: cut.utf8))
        #expect(!cut.contains("\u{FFFD}"))
    }

    @Test("errors of items do not repeat it")
    func items() async throws {
        let answer = try await TestService().post(
            "add_jobs?correlation_id=7", #"{"new_jobs":[{},{}]}"#)

        #expect(answer.jobs.count == 2)
        #expect(answer.jobs.allSatisfy { $0["correlation_id"] is NSNull && $0.count == 9 })
    }

    @Test("does not disturb a call that succeeds")
    func success() async throws {
        let service = TestService()

        let job = try await service.post(
            "add_job?correlation_id=123", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#,
            headers: ["correlation_id": "456"])

        #expect(job.status == 200)
        #expect(service.log.lines.map(\.correlationID) == ["123", "123"])
    }
}
