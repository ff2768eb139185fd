import Foundation
import JSON
import Jobs
import JobsMemory
import SystemPackage
import Testing

@testable import JobsFile

@Suite("Snapshots of the older services")
struct ForeignSnapshotTests {
    @Test("a snapshot of the service in Node is read, with unknown keys and without params")
    func node() async throws {
        let snapshot = """
            [
              {
                "id": "9d51387014014d17abde4f5d1b10c319", "type": "t1", "ref_id": "r1",
                "created": "2026-11-24T02:05:04.107Z", "started": "2026-11-24T02:05:05.000Z",
                "locked_until": "2026-11-24T02:06:05.000Z", "execute_until": null,
                "completed": null, "retries": 1, "timeout": 60000
              },
              {
                "id": "x", "type": "t1", "ref_id": "r2", "params": {"a": [1, null]},
                "created": "2026-11-24T02:05:04.107Z", "started": null, "locked_until": null,
                "execute_until": "2026-11-24T02:05:14.107Z",
                "completed": "2026-11-24T02:05:10.000Z", "retries": 2
              }
            ]
            """
        try await opened(["jobs.json": Data(snapshot.utf8)]) { store in
            #expect(
                store.everything.map(\.job) == [
                    Job(
                        id: JobID("9d51387014014d17abde4f5d1b10c319"), type: "t1", refID: "r1",
                        created: date("2026-11-24T02:05:04.107Z"),
                        started: date("2026-11-24T02:05:05Z"),
                        lockedUntil: date("2026-11-24T02:06:05Z"), retries: 1),
                    Job(
                        id: JobID("x"), type: "t1", refID: "r2",
                        params: try .init(#"{"a": [1, null]}"#),
                        created: date("2026-11-24T02:05:04.107Z"),
                        executeUntil: date("2026-11-24T02:05:14.107Z"),
                        completed: date("2026-11-24T02:05:10Z"), retries: 2),
                ])
            // The lease has lapsed by the clock of the test.
            let claimed = [try await store.claim("t1"), try await store.claim("t1")]
            #expect(claimed.map(\.?.job.retries) == [2, nil])
        }
    }

    @Test("a snapshot of the service in Dart is read, in which aborted jobs are still locked")
    func dart() async throws {
        let snapshot = """
            [{"id":"1","type":"t","ref_id":"r","params":null,"created":"2026-11-24T02:05:04.107123Z",
            "started":null,"locked_until":"2999-11-24T02:06:05.000","execute_until":null,
            "completed":null,"retries":1}]
            """
        try await opened(["jobs.json": Data(snapshot.utf8)]) { store in
            #expect(store.everything.first?.job.created == date("2026-11-24T02:05:04.107Z"))
            let claimed = try await store.claim("t")
            #expect(claimed?.job.retries == 2)
        }
    }

    @Test("unknown members stay with their jobs through all changes")
    func unknownMembers() async throws {
        let unknown = #""timeout":60000,"outcome":{"id":[1.0,{"type":null}]},"\u0000\"é":1e400"#
        let fields = #""type":"t","ref_id":"r","created":"2026-11-24T02:05:04.107Z""#
        let snapshot = "[{\(unknown),\"id\":\"1\",\(fields)},{\"id\":\"2\",\(fields),\(unknown)}]"
        func holdsAll(_ files: [String: Data]) throws -> Int {
            let text = String(decoding: try #require(files["jobs.json"]), as: UTF8.self)
            return text.ranges(of: unknown).count
        }

        try await withDirectory { path in
            try write(["jobs.json": Data(snapshot.utf8)], beside: path)
            let store = try await open(path)
            let read = store.everything
            let started = try #require(try await store.claim("t"))
            _ = try await store.change([
                JobChange(started.job.id, .extend(timeout: 5))
            ])
            _ = try await store.change([JobChange(started.job.id, .abort())])
            _ = try await store.claim(Claim(type: "t", timeout: 1000, maxRetries: 10, limit: 2))
            _ = try await store.change([JobChange(JobID("2"), .complete)])
            #expect(store.everything.map(\.unknown) == read.map(\.unknown))
            try await afterCrash(store) { again in
                #expect(again.everything == store.everything)
                await again.close()
                let count = try holdsAll(files(beside: again.names.snapshot))
                #expect(count == 2)
            }
            await store.close()
            let count = try holdsAll(files(beside: path))
            #expect(count == 2)
            let again = try await open(path)
            #expect(again.everything == store.everything)
            await again.close()
        }
    }

    @Test("unknown members are restored when a change is taken back")
    func undo() async throws {
        let snapshot = Self.job(#""type":"t","ref_id":"r","timeout":5"#)
        try await withDirectory { path in
            try write(["jobs.json": Data(snapshot.utf8)], beside: path)
            let faults = Faults()
            let store = try await open(path, files: faults.calls)
            let before = store.everything
            #expect(before.first?.unknown?.description == #"{"timeout":5}"#)
            faults.fail(.write, .noSpace) { $0.isJournal }
            for change in [
                { _ = try await store.delete(JobID("1")) }, { _ = try await store.claim("t") },
                { try await store.deleteAll() },
            ] {
                await #expect(throws: JobsError.self) { try await change() }
                #expect(store.everything == before)
            }
            faults.clear()
            await store.close()
        }
    }

    @Test(
        "an invalid list of jobs stops the start, and is unchanged",
        arguments: [
            ("", "is not a list of jobs: the text ends too early at byte 0"),
            ("{}", "is not a list of jobs: unexpected character at byte 0"),
            ("[{\"id\":\"1\",", "is not a list of jobs: the text ends too early at byte 11"),
            ("[] []", "is not a list of jobs: characters after the value at byte 3"),
            ("[1]", "job 0: is not an object"),
            (job("\"type\":\"t\""), "job 0: has no ref_id, or one of the wrong type"),
            (job("\"type\":\"t\",\"ref_id\":1"), "job 0: has no ref_id, or one of the wrong type"),
            (
                job("\"type\":\"t\",\"ref_id\":\"\",\"completed\":\"soon\""),
                "job 0: has no completed, or one of the wrong type"
            ),
            (
                job("\"type\":\"t\",\"ref_id\":\"\"", count: 2),
                "job 1: has the same id as another job, 1"
            ),
        ])
    func noJobs(text: String, message: String) async throws {
        try await withDirectory { path in
            try Data(text.utf8).write(to: URL(filePath: path))
            let expected = FileStoreError(.unreadable, path, message)

            await #expect(throws: expected) { try await open(path) }

            #expect(try files(beside: path)["jobs.json"] == Data(text.utf8))
            #expect(try files(beside: path).keys.sorted() == ["jobs.json", "jobs.json.lock"])
        }
    }

    private static func job(_ fields: String, count: Int = 1) -> String {
        let job = "{\"id\":\"1\",\"created\":\"2026-11-24T02:05:04Z\",\(fields)}"
        return "[\(Array(repeating: job, count: count).joined(separator: ","))]"
    }
}

private func date(_ text: String) -> Timestamp {
    Timestamp(iso8601: text) ?? .min
}
