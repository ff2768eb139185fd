import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

/// The operations that take a lock token.
private let fenced = ["extend_job", "abort_job", "complete_job"]

@Suite("Fencing by lock tokens")
struct FencingTests {
    let service = TestService()

    private func call(_ operation: String, _ id: String, token: String?) async throws -> TestAnswer
    {
        let token = token.map { #","lock_token":"\#($0)""# } ?? ""
        return try await service.post(operation, #"{"job_id":"\#(id)","timeout":7000\#(token)}"#)
    }

    @Test("a token has 96 bits or more, and every start creates a new one")
    func tokens() async throws {
        let id = try await service.addJob().id
        var tokens = Set<String>()
        for _ in 0..<10 {
            let token = try await service.start(id, timeout: 0).string("lock_token")
            tokens.insert(try #require(token))
        }
        for _ in 0..<10 {
            let token = try await service.post(
                "start_job_by_type", #"{"type":"t1","timeout":0,"max_retries":99}"#
            ).string("lock_token")
            tokens.insert(try #require(token))
        }

        #expect(tokens.count == 20)
        #expect(tokens.allSatisfy { $0.utf8.count >= 24 })
    }

    @Test("the token of the lease holder is accepted", arguments: fenced)
    func owner(operation: String) async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id).string("lock_token")

        let answer = try await call(operation, id, token: token)

        #expect(answer.status == 200)
        switch operation {
        case "extend_job": #expect(answer.string("locked_until") == service.clock.text(in: 7000))
        case "abort_job": #expect(answer.isNull("started"))
        default: #expect(answer.string("completed") == service.clock.text())
        }
        #expect(answer.object["lock_token"] == nil)
    }

    @Test("the token stays the same through extensions", arguments: fenced)
    func throughExtensions(operation: String) async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id).string("lock_token")
        for _ in 0..<3 {
            service.clock.advance(by: 100)
            #expect(try await call("extend_job", id, token: token).status == 200)
        }

        #expect(try await call(operation, id, token: token).status == 200)
    }

    @Test("another token is a conflict and changes nothing", arguments: fenced)
    func wrongToken(operation: String) async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)
        let before = try await service.get(id)

        for token in ["", "x", "00000000000000000000000000000000", "0", "null"] {
            let answer = try await call(operation, id, token: token)

            #expect(answer.isError(409, "Conflict", "LOCK_LOST"))
            #expect(answer.string("message")?.contains(id) == true)
            #expect((answer.object["details"] as? [String: String]) == ["job_id": id])
        }
        #expect(try await service.get(id).text == before.text)
    }

    @Test("a worker whose lease was taken over cannot change the job", arguments: fenced)
    func takenOver(operation: String) async throws {
        let id = try await service.addJob().id
        let first = try await service.start(id, timeout: 1000).string("lock_token")
        service.clock.advance(by: 1000)
        let second = try await service.start().string("lock_token")
        let before = try await service.get(id)

        #expect(try await call(operation, id, token: first).isError(409, "Conflict", "LOCK_LOST"))
        #expect(try await service.get(id).text == before.text)
        #expect(try await call(operation, id, token: second).status == 200)
        #expect(try await call(operation, id, token: first).status == 409)
    }

    @Test("a lapsed lease stays valid until another worker takes the job over", arguments: fenced)
    func lapsed(operation: String) async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id, timeout: 1000).string("lock_token")
        service.clock.advance(by: 3_600_000)

        #expect(try await call(operation, id, token: token).status == 200)
    }

    @Test("a repeated call has the same answer and changes nothing", arguments: fenced)
    func repeated(operation: String) async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id).string("lock_token")
        let first = try await call(operation, id, token: token)
        if operation != "extend_job" { service.clock.advance(by: 500) }

        let second = try await call(operation, id, token: token)

        #expect(second.status == 200)
        #expect(second.text == first.text)
    }

    @Test("a repeated abort is a conflict after another worker has started the job")
    func repeatedTooLate() async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id).string("lock_token")
        _ = try await call("abort_job", id, token: token)
        _ = try await service.start()

        #expect(try await call("abort_job", id, token: token).status == 409)
    }

    @Test("a token is a conflict on a job that was never started", arguments: fenced)
    func neverStarted(operation: String) async throws {
        let id = try await service.addJob().id

        #expect(try await call(operation, id, token: "x").status == 409)
        #expect(try await call(operation, id, token: nil).status == 200)
    }

    @Test("a token is a conflict on another job", arguments: fenced)
    func otherJob(operation: String) async throws {
        let mine = try await service.addJob().id
        let other = try await service.addJob(type: "t2").id
        let token = try await service.start(mine).string("lock_token")
        _ = try await service.start(other)

        #expect(try await call(operation, other, token: token).status == 409)
    }

    @Test("an unknown job is 204, with or without a token", arguments: fenced)
    func unknownJob(operation: String) async throws {
        #expect(try await call(operation, "unknown", token: "x").status == 204)
        #expect(try await call(operation, "unknown", token: nil).status == 204)
    }

    @Test("calls without a token skip the fencing check, for older clients", arguments: fenced)
    func withoutToken(operation: String) async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)

        #expect(try await call(operation, id, token: nil).status == 200)
    }
}
