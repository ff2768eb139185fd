import HTTPTestSupport
import Jobs
import Logging
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Log of commands")
struct CommandLogTests {
    private func fields(_ line: LogRecorder.Line?) -> [String: String] {
        var fields = line?.metadata ?? [:]
        fields["duration"] = nil
        return fields
    }

    @Test("a finished command logs its subject and its duration at debug")
    func done() async throws {
        let service = TestService(logLevel: .debug)

        let id = try #require(try await service.addJob(type: "mail").string("id"))
        let line = try #require(service.log.lines.first)

        #expect(service.log.lines.count == 1)
        #expect(line.level == .debug)
        #expect(line.message == "Executed v1/jobs.add_job method")
        #expect(
            fields(line) == ["command": "add_job", "job_id": id, "type": "mail", "status": "200"])
        let duration = try #require(line.metadata["duration"].flatMap(Double.init))
        #expect(duration >= 0)
    }

    @Test("the subject is taken from the arguments if the answer lacks it")
    func fromArguments() async throws {
        let service = TestService(logLevel: .debug)

        _ = try await service.start(type: "mail")
        _ = try await service.get("unknown")
        _ = try await service.post(
            "complete_jobs", #"{"jobs":[{"job_id":"1"},{"job_id":"2"}]}"#)

        #expect(
            service.log.lines.map(fields) == [
                ["command": "start_job_by_type", "type": "mail", "status": "204"],
                ["command": "get_job_by_id", "job_id": "unknown", "status": "204"],
                ["command": "complete_jobs", "jobs": "2", "status": "200"],
            ])
    }

    @Test("a failed command logs the same with its error")
    func failed() async throws {
        let service = TestService(
            persistence: FailingPersistence(error: JobsError.unavailable(reason: "gone")),
            logLevel: .info)

        _ = try await service.get("7")
        _ = try await service.post("get_job_by_id", "{}")

        let lines = service.log.lines
        #expect(lines.map(\.level) == [.error, .info])
        #expect(
            lines.map(fields) == [
                ["command": "get_job_by_id", "job_id": "7", "status": "503"],
                ["command": "get_job_by_id", "status": "400"],
            ])
        #expect(lines.allSatisfy { $0.metadata["duration"] != nil })
    }

    @Test("an unauthenticated or unauthorized call is logged once, without its credentials")
    func refused() async throws {
        let service = TestService(logLevel: .info, access: .sample)

        _ = try await service.post("get_jobs?correlation_id=c1", headers: bearer("secret"))
        _ = try await service.post("get_jobs", headers: bearer("jobs:produce"))
        _ = try await service.post("clean_jobs")

        let lines = service.log.lines
        #expect(lines.map(\.level) == [.info, .info, .warning])
        #expect(
            lines.dropLast().map(\.metadata) == [
                [
                    "command": "get_jobs", "principal": "anonymous", "status": "401",
                    "correlation_id": "c1",
                ],
                ["command": "get_jobs", "principal": "jobs:produce", "status": "403"],
            ])
        #expect(
            lines.first?.message
                == "Refused v1/jobs.get_jobs method: The key or token is not valid")
        #expect(!"\(lines)".contains("secret"))
    }

    @Test("a long type or id does not fill the log")
    func long() async throws {
        let service = TestService(logLevel: .debug)

        _ = try await service.addJob(type: String(repeating: "t", count: 1000))
        _ = try await service.get(String(repeating: "1", count: 10_000))
        let id = String(repeating: "c", count: 4096)
        for operation in ["get_job_by_id", "delete_jobs"] {
            let answer = try await service.post("\(operation)?correlation_id=\(id)")
            #expect(operation == "delete_jobs" || answer.string("correlation_id") == id)
        }

        #expect(service.log.lines[0].metadata["type"]?.count == 200)
        #expect(service.log.lines[1].metadata["job_id"]?.count == 200)
        // Includes the line of the audit log.
        #expect(service.log.lines.dropFirst(2).count == 3)
        for line in service.log.lines.dropFirst(2) {
            #expect(line.metadata["correlation_id"]?.count == 200)
        }
    }

    @Test(
        "failures that callers cause are logged at info, unexpected ones as errors",
        arguments: [
            (JobsError.overloaded, .info), (JobsError.timedOut(reason: "x"), .info),
            (JobsError.refused(reason: "x"), .info), (CancellationError(), .info),
            (JobsError.unavailable(reason: "x"), .error),
            (ConnectionLost(reason: CancellationError()), .debug), (TestError(), .error),
        ] as [(any Error, Logger.Level)])
    func levels(error: any Error, level: Logger.Level) async throws {
        let service = TestService(
            persistence: FailingPersistence(error: error), logLevel: .debug)

        _ = try? await service.start("7")

        #expect(service.log.lines.map(\.level) == [level])
    }

    private struct TestError: Error {}

    @Test("successful calls are not logged at info")
    func quiet() async throws {
        let service = TestService(logLevel: .info)

        _ = try await service.addJob()

        #expect(service.log.lines.isEmpty)
    }
}
