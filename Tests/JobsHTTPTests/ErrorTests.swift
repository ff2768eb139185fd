import Foundation
import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import Logging
import NIOCore
import Testing

@testable import JobsHTTP

/// An error with details that clients must not see.
private struct Secret: Error, CustomStringConvertible {
    var description: String {
        "mongodb://admin:pw@db.internal/jobs failed at /srv/jobs/main.swift:7"
    }
}

/// A valid call of each operation.
private let calls: [(operation: String, arguments: String)] = [
    ("add_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#),
    ("add_uniq_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#), ("get_jobs", "{}"),
    ("get_job_by_id", #"{"job_id":"1"}"#), ("start_job_by_id", #"{"job_id":"1","timeout":1}"#),
    ("start_job_by_type", #"{"type":"t","timeout":1}"#),
    ("extend_job", #"{"job_id":"1","timeout":1}"#), ("abort_job", #"{"job_id":"1"}"#),
    ("complete_job", #"{"job_id":"1"}"#), ("delete_job_by_id", #"{"job_id":"1"}"#),
    ("delete_jobs", "{}"), ("clean_jobs", "{}"),
]

@Suite("Errors")
struct ErrorTests {
    @Test("a store that cannot be reached is 503 for every operation", arguments: calls)
    func unavailable(operation: String, arguments: String) async throws {
        let error = JobsError.unavailable(reason: "no server at db.internal:27017")
        let service = TestService(persistence: FailingPersistence(error: error))

        let answer = try await service.post(operation, arguments)

        #expect(answer.isError(503, "NoResponse", "CONNECT_FAILED"))
        #expect(answer.header("Retry-After") == "1")
        #expect(!answer.text.contains("db.internal"))
    }

    @Test("an unexpected error is 500 for every operation, without details", arguments: calls)
    func unexpected(operation: String, arguments: String) async throws {
        let service = TestService(persistence: FailingPersistence(error: Secret()))

        let answer = try await service.post(operation, arguments)

        #expect(answer.isError(500, "FailedInvocation", "EXEC_FAILED"))
        #expect(!answer.text.contains("mongodb") && !answer.text.contains("swift"))
        #expect(!answer.text.contains("Secret"))
    }

    @Test("a call that a shutdown cancels is 503, which clients retry", arguments: calls)
    func cancelled(operation: String, arguments: String) async throws {
        let service = TestService(persistence: FailingPersistence(error: CancellationError()))

        let answer = try await service.post(operation, arguments)

        #expect(answer.isError(503, "InvalidState", "SERVER_UNAVAILABLE"))
        #expect(answer.header("Retry-After") == "1")
    }

    @Test("a failing store is logged with all details", arguments: calls)
    func failureLogged(operation: String, arguments: String) async throws {
        let service = TestService(persistence: FailingPersistence(error: Secret()))

        _ = try await service.post(operation + "?correlation_id=abc", arguments)

        let line = try #require(service.log.lines.last)
        #expect(line.level == .error)
        #expect(line.message.hasPrefix("Failed to execute v1/jobs.\(operation) method"))
        #expect(line.error?.contains("mongodb://admin") == true)
        #expect(line.correlationID == "abc")
    }

    /// One failing request of each kind, with the status of its answer.
    static let failures: [(method: String, path: String, body: String, status: Int)] = [
        ("POST", "/v1/jobs/add_job", "{}", 400), ("POST", "/v1/jobs/add_job", "{", 400),
        ("POST", "/v1/jobs/get_jobs", "[]", 400), ("POST", "/v1/jobs/none", "{}", 404),
        ("GET", "/v1/jobs/get_jobs", "", 405), ("PUT", "/heartbeat", "", 405),
        ("POST", "/v1/jobs/get_jobs", String(repeating: " ", count: 1 << 20 + 1), 413),
        ("POST", "/v1/jobs/complete_job", #"{"job_id":"ID","lock_token":"x"}"#, 409),
    ]

    @Test("every error body has nine fields and carries the correlation id", arguments: failures)
    func nineFields(method: String, path: String, body: String, status: Int) async throws {
        let service = TestService()
        let id = try await service.addJob().id
        let method = try #require(HTTPRequest.Method(method))

        for correlationID in [nil, "c-1"] {
            let answer = try await service.send(
                method, path + (correlationID.map { "?correlation_id=" + $0 } ?? ""),
                ["Content-Type": "application/json"],
                .init(buffer: .init(string: body.replacingOccurrences(of: "ID", with: id))))

            #expect(answer.status == status)
            let category = try #require(answer.string("category"))
            let code = try #require(answer.string("code"))
            #expect(answer.isError(status, category, code))
            #expect(answer.string("correlation_id") == correlationID)
            #expect(answer.isNull("correlation_id") == (correlationID == nil))
            #expect(answer.header("Cache-Control") == "no-cache, no-store, must-revalidate")
        }
    }

    @Test("a call and a mistake of the caller are logged with the correlation id")
    func logLines() async throws {
        let service = TestService()

        _ = try await service.post("add_job?correlation_id=c-1", "{}")

        let lines = service.log.lines
        #expect(lines.map(\.level) == [.trace, .info])
        #expect(lines.first?.message == "Executing v1/jobs.add_job method")
        #expect(
            lines.last?.message
                == "Failed to execute v1/jobs.add_job method: "
                + "Validation failed: new_job must not be null")
        #expect(lines.allSatisfy { $0.correlationID == "c-1" })
    }

    @Test("a lost lease is not a failure of the service, and is logged at debug only")
    func lockLostLogged() async throws {
        let service = TestService(logLevel: .info)
        let id = try await service.addJob().id

        let answer = try await service.post("abort_job", #"{"job_id":"\#(id)","lock_token":"x"}"#)

        #expect(answer.status == 409)
        #expect(service.log.lines.isEmpty)
    }

    @Test("a call without a correlation id is logged without one")
    func noCorrelationID() async throws {
        let service = TestService()

        _ = try await service.post("get_jobs", "{}")

        #expect(service.log.lines.map(\.correlationID) == [nil, nil])
    }
}
