import JSON
import Jobs
import JobsEngine
import JobsMemory
import NIOCore
import Synchronization
import Testing

@testable import JobsAPI

@Suite("Operations without a server")
struct CommandTests {
    private let jobs = JobsController(persistence: MemoryJobsPersistence())

    private func result(
        of name: String, _ text: String, isStrict: Bool = false, caller: CallContext? = nil
    ) async throws -> Command.Result {
        let command = try #require(Command.all.first { $0.name == name })
        let arguments = try Arguments(ByteBuffer(string: text), for: command, isStrict: isStrict)
        let caller = caller ?? CallContext(jobs: jobs)
        return try await command.work(on: arguments, for: caller)(caller)
    }

    private func failure(
        of name: String, _ text: String, isStrict: Bool = false, caller: CallContext? = nil
    ) async -> CommandFailure? {
        await #expect(throws: CommandFailure.self) {
            try await result(of: name, text, isStrict: isStrict, caller: caller)
        }
    }

    @Test("a job is added, started and completed")
    func lifeCycle() async throws {
        let new = #"{"new_job":{"type":"mail","ref_id":"1","ttl":0}}"#
        guard case .job(let added, nil) = try await result(of: "add_job", new),
            case .started(let started) = try await result(
                of: "start_job_by_type", #"{"type":"mail","timeout":1000}"#),
            case .job(let completed, nil) = try await result(
                of: "complete_job", #"{"job_id":"\#(added.id)"}"#)
        else {
            Issue.record("another result")
            return
        }

        #expect(started.job.id == added.id)
        #expect(completed.completed != nil)
    }

    @Test("a text that is not JSON is unreadable")
    func unreadable() async throws {
        let failure = await failure(of: "get_jobs", "{")

        #expect(failure?.kind == .unreadable)
        #expect(failure?.code == "INVALID_JSON")
        #expect(failure?.ignored == nil)
    }

    @Test("a failure names all mistakes, and the arguments without effect")
    func invalid() async throws {
        let failure = await failure(of: "start_job_by_type", #"{"timeout":"x","typ":"mail"}"#)

        #expect(failure?.kind == .invalid)
        #expect(failure?.code == "INVALID_DATA")
        #expect(
            failure?.message
                == "Validation failed: type must not be null, "
                + "timeout type must be integer but found string")
        #expect(failure?.details.map(\.name) == ["results"])
        #expect(failure?.ignored?.unknown.paths == ["typ"])
    }

    @Test("arguments without effect are refused if the caller asks for that")
    func strict() async throws {
        let text = #"{"filter":{"type":"mail"},"page":1}"#

        guard case .page = try await result(of: "get_jobs", text) else {
            Issue.record("no page")
            return
        }
        let failure = await failure(of: "get_jobs", text, isStrict: true)
        #expect(failure?.kind == .invalid)
        #expect(failure?.ignored?.unknown.paths == ["page"])
    }

    @Test("a caller that is limited to types is refused where it names another")
    func forbidden() async throws {
        let caller = CallContext(jobs: jobs, types: ["mail"])

        let claim = await failure(
            of: "start_job_by_type", #"{"type":"print","timeout":1}"#, caller: caller)
        let removal = await failure(of: "delete_jobs", "", caller: caller)

        #expect(claim?.kind == .forbidden)
        #expect(claim?.details.map(\.text) == ["type"])
        #expect(removal?.kind == .forbidden)
    }

    @Test("the transport writes the errors of items, in their places")
    func items() async throws {
        let result = try await result(
            of: "extend_jobs", #"{"jobs":[{},{"job_id":"none","timeout":1}]}"#)

        let body = result.body(from: jobs) { error, json in
            json.string((error as? CommandFailure)?.code ?? "another error")
        }

        #expect(body.map { String(buffer: $0.json) } == #"{"data":["INVALID_DATA",null]}"#)
    }

    @Test("only a claim that finds no job waits")
    func waiting() async throws {
        let waits = Mutex(0)
        let caller = CallContext(jobs: jobs) { _ in
            waits.withLock { $0 += 1 }
            return []
        }
        let claim = #"{"type":"mail","timeout":1000,"wait_timeout":60000}"#

        guard case .nothing = try await result(of: "start_job_by_type", claim, caller: caller)
        else {
            Issue.record("a job")
            return
        }
        #expect(waits.withLock { $0 } == 1)

        _ = try await jobs.add(NewJob(type: "mail", refID: "1"))
        _ = try await result(of: "start_job_by_type", claim, caller: caller)
        #expect(waits.withLock { $0 } == 1)
    }
}
