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
