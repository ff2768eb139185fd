import Foundation
import JSON
import Jobs
import JobsMemory
import Testing

@testable import JobsFile

@Suite("Snapshots of the services before this one")
struct ForeignSnapshotTests {
    @Test("one of the service in Node opens, with unknown keys and without params")
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

    @Test("one of the service in Dart opens, where what was aborted is still locked")
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

    @Test(
        "what is no list of jobs stops the start, and stays as it is",
        arguments: [
            ("", "is no list of jobs: the text ends too early at byte 0"),
            ("{}", "is no list of jobs: unexpected character at byte 0"),
            ("[{\"id\":\"1\",", "is no list of jobs: the text ends too early at byte 11"),
            ("[] []", "is no list of jobs: characters after the value at byte 3"),
            ("[1]", "job 0: is no object"),
            (job("\"type\":\"t\""), "job 0: has no ref_id, or one of the wrong kind"),
            (job("\"type\":\"t\",\"ref_id\":1"), "job 0: has no ref_id, or one of the wrong kind"),
            (
                job("\"type\":\"t\",\"ref_id\":\"\",\"completed\":\"soon\""),
                "job 0: has no completed, or one of the wrong kind"
            ),
            (
                job("\"type\":\"t\",\"ref_id\":\"\"", count: 2),
                "job 1: has the id of another one, 1"
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
