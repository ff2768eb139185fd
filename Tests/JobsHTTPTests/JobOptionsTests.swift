import Foundation
import Testing

@testable import JobsHTTP

@Suite("What producers may ask of a job")
struct JobOptionsTests {
    private let service = TestService()

    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func add(_ more: String, operation: String = "add_job", traceparent: String? = nil)
        async throws -> TestAnswer
    {
        let job = #"{"type":"t1","ref_id":"r","ttl":0\#(more.isEmpty ? "" : ",")\#(more)}"#
        let body =
            operation == "add_jobs" ? #"{"new_jobs":[\#(job)]}"# : #"{"new_job":\#(job)}"#
        return try await service.post(
            operation, body, headers: traceparent.map { ["traceparent": $0] } ?? [:])
    }

    @Test("the options are shown with the job", arguments: ["add_job", "add_uniq_job"])
    func shown(operation: String) async throws {
        let options =
            #""max_retries":7,"retry":{"backoff":"linear","delay":5,"max_delay":50,"jitter":0.5},"#
            + #""group":"g","traceparent":"x""#

        let added = try await add(options, operation: operation)

        #expect(added.text.hasSuffix(#""retries":0,\#(options)}"#), "\(added.text)")
        #expect(try await service.get(added.id).text == added.text)
    }

    @Test(
        "options that are null or empty leave a plain job",
        arguments: [
            #""max_retries":null,"retry":null,"group":null,"traceparent":null"#, #""group":"""#,
        ])
    func nulls(options: String) async throws {
        let added = try await add(options)

        #expect(Set(added.object.keys) == JobShapeTests.fields)
    }

    @Test(
        "options out of range are refused with their path",
        arguments: [
            (#""max_retries":0"#, "new_job.max_retries"),
            (#""max_retries":-1"#, "new_job.max_retries"),
            (#""retry":{"backoff":"fast"}"#, "new_job.retry.backoff"),
            (#""retry":{"backoff":1}"#, "new_job.retry.backoff"),
            (#""retry":{"delay":-1}"#, "new_job.retry.delay"),
            (#""retry":{"max_delay":-1}"#, "new_job.retry.max_delay"),
            (#""retry":{"jitter":1.01}"#, "new_job.retry.jitter"),
            (#""retry":{"jitter":-0.1}"#, "new_job.retry.jitter"),
            (#""retry":{"jitter":"0"}"#, "new_job.retry.jitter"),
            (#""group":"\#(String(repeating: "ä", count: 257))""#, "new_job.group"),
            (#""traceparent":"\#(String(repeating: "ä", count: 257))""#, "new_job.traceparent"),
        ])
    func refused(options: String, path: String) async throws {
        let answer = try await add(options)
        let batch = try await add(options, operation: "add_jobs")

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.map { $0["path"] as? String } == [path])
        let message = batch.jobs.first?["message"] as? String
        let inBatch = path.replacingOccurrences(of: "new_job.", with: "new_jobs.0.")
        #expect(message?.contains(inBatch) == true)
        #expect(try await service.countJobs() == 0)
    }

    @Test(
        "the trace context of the request is for the worker and for details",
        arguments: ["add_job", "add_uniq_job", "add_jobs"])
    func traceContext(operation: String) async throws {
        let answer = try await add("", operation: operation, traceparent: Self.traceparent)

        let added = answer.jobs.first ?? answer.object
        let id = try #require(added["id"] as? String)
        #expect(Set(added.keys) == JobShapeTests.fields)
        #expect(Set(try await service.get(id).object.keys) == JobShapeTests.fields)
        let details = try await service.post(
            "get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)
        #expect(details.string("traceparent") == Self.traceparent)
        #expect(try await service.start().string("traceparent") == Self.traceparent)
    }

    @Test("a trace context in the arguments counts before that of the request")
    func ownTraceContext() async throws {
        let added = try await add(#""traceparent":"own""#, traceparent: Self.traceparent)

        #expect(added.string("traceparent") == "own")
        #expect(try await service.start().string("traceparent") == "own")
    }

    private static let headers: [(header: String, isValid: Bool)] = {
        let later = "cc" + traceparent.dropFirst(2)
        let zeros = String(repeating: "0", count: 32)
        return [
            (traceparent, true), (later, true), (later + "-what-follows", true),
            ("ff" + traceparent.dropFirst(2), false), (traceparent + "-01", false),
            (traceparent.uppercased(), false), ("", false),
            (traceparent + ", " + traceparent, false),
            ("00-\(zeros)-00f067aa0ba902b7-01", false),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-\(zeros.prefix(16))-01", false),
            (String(traceparent.dropLast(3)), false),
            (later + "-" + String(repeating: "x", count: 300), false),
        ]
    }()

    @Test("only valid trace contexts of requests are kept", arguments: headers)
    func validity(header: String, isValid: Bool) async throws {
        _ = try await add("", traceparent: header)

        let started = try await service.start()

        #expect(started.status == 200)
        #expect(started.string("traceparent") == (isValid ? header : nil))
    }

    @Test("only additions keep the trace context of the request")
    func otherOperations() async throws {
        let added = try await add("")
        let started = try await service.post(
            "start_job_by_id", #"{"job_id":"\#(added.id)","timeout":1}"#,
            headers: ["traceparent": Self.traceparent])

        #expect(started.object["traceparent"] == nil)
    }
}
