import HTTPTestSupport
import JobsAPI
import Logging
import NIOCore
import Testing

@testable import JobsHTTP

@Suite("The audit log of what operators do to jobs")
struct AuditTests {
    private func lines(_ service: TestService) -> [LogRecorder.Line] {
        service.log.lines.filter { $0.message.hasPrefix("Audit: ") }
    }

    @Test("the caller that removed a job is recorded")
    func removal() async throws {
        let service = TestService(access: .sample)
        let added = try await service.post(
            "add_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#,
            headers: bearer("jobs:produce"))

        _ = try await service.post(
            "delete_job_by_id?correlation_id=c1", #"{"job_id":"\#(added.id)"}"#,
            headers: bearer("jobs:admin"))

        let line = try #require(lines(service).first)
        #expect(lines(service).count == 1)
        #expect(line.level == .info)
        #expect(
            line.metadata == [
                "command": "delete_job_by_id", "principal": "jobs:admin", "job_id": added.id,
                "outcome": "done", "correlation_id": "c1",
            ])
    }

    @Test("refused and unauthenticated callers are recorded too")
    func refusals() async throws {
        let service = TestService(access: .sample)

        _ = try await service.post("delete_jobs", headers: bearer("jobs:work"))
        _ = try await service.post("clean_jobs")
        _ = try await service.post("delete_jobs", headers: bearer("limited admin"))

        #expect(lines(service).map(\.level) == [.warning, .warning, .warning])
        #expect(
            lines(service).map { $0.metadata["principal"] }
                == ["jobs:work", "anonymous", "limited admin"])
        #expect(Set(lines(service).map { $0.metadata["outcome"] }) == ["refused"])
    }

    @Test("it is written without access control too", arguments: ["delete_jobs", "clean_jobs"])
    func withoutAccess(operation: String) async throws {
        let service = TestService()

        _ = try await service.post(operation)

        #expect(lines(service).map { $0.metadata["principal"] } == ["anonymous"])
        #expect(lines(service).map { $0.metadata["outcome"] } == ["done"])
    }

    @Test(
        "other operations are not recorded",
        arguments: Command.all.filter { ![.admin, .operate].contains($0.scope) })
    func others(command: Command) async throws {
        let service = TestService()

        _ = try await service.post(command.name, String(buffer: command.arguments.example.json))

        #expect(lines(service).isEmpty)
    }

    @Test("a cancellation is recorded with its job")
    func cancellation() async throws {
        let service = TestService(access: .sample)
        let added = try await service.post(
            "add_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#,
            headers: bearer("jobs:produce"))

        for id in [added.id, "none"] {
            _ = try await service.post(
                "cancel_job", #"{"job_id":"\#(id)"}"#, headers: bearer("jobs:operate"))
        }

        #expect(
            lines(service).map(\.metadata) == [
                [
                    "command": "cancel_job", "principal": "jobs:operate", "job_id": added.id,
                    "outcome": "done",
                ],
                [
                    "command": "cancel_job", "principal": "jobs:operate", "job_id": "none",
                    "outcome": "absent",
                ],
            ])
    }

    @Test("a replay is recorded with its selection and the number of jobs")
    func replay() async throws {
        let service = TestService()
        for refID in ["1", "2"] {
            let id = try await service.addJob(refID: refID).id
            _ = try await service.post("cancel_job", id: id)
        }
        let before = lines(service).count

        _ = try await service.post(
            "replay_jobs", #"{"filter":{"state":"cancelled"},"job_ids":[],"dry_run":true}"#)
        _ = try await service.post("replay_jobs", #"{"filter": {"state": "cancelled"}}"#)

        #expect(
            lines(service).dropFirst(before).map(\.metadata) == [
                [
                    "command": "replay_jobs", "principal": "anonymous", "outcome": "done",
                    "filter": #"{"state":"cancelled"}"#, "job_ids": "0", "dry_run": "true",
                    "jobs": "0", "skipped": "0",
                ],
                [
                    "command": "replay_jobs", "principal": "anonymous", "outcome": "done",
                    "filter": #"{"state": "cancelled"}"#, "jobs": "2", "skipped": "0",
                ],
            ])
    }

    @Test("an unknown job, or one the caller may not use, is recorded as absent")
    func absence() async throws {
        let service = TestService()

        _ = try await service.post("delete_job_by_id", id: "none")

        #expect(lines(service).map { $0.metadata["outcome"] } == ["absent"])
    }

    @Test("delete_jobs removes nothing if the configuration forbids it")
    func forbidden() async throws {
        let service = TestService(allowsDeletingAll: false)
        _ = try await service.addJob()

        let answer = try await service.post("delete_jobs")

        #expect(answer.isError(403, "Unauthorized", "OPERATION_FORBIDDEN"))
        #expect(try await service.countJobs() == 1)
        #expect(lines(service).map { $0.metadata["outcome"] } == ["refused"])
    }
}
