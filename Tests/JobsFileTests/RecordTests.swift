import Foundation
import JSON
import Jobs
import JobsTestSupport
import SystemPackage
import Testing

@testable import JobsFile

@Suite("Records in files")
struct RecordTests {
    private static let small = FileJobsPersistence.Limits(
        journalLength: 500, segments: 2, pause: .zero)

    private func fill(_ store: FileJobsPersistence) async throws {
        let value = try JSONText(#"{"paused":{"reason":"é"}}"#)
        _ = try await store.write(.type, "mail", value, over: nil)
        let gone = try await store.write(.type, "gone", value, over: nil)
        _ = try await store.remove(.type, "gone", over: try #require(gone).version)
        _ = try await store.write(
            .schedule, "nightly", JSONText(#"{"cron":"0 3 * * *"}"#), over: nil)
    }

    private func records(_ store: FileJobsPersistence) async throws -> [Record] {
        var records: [Record] = []
        for kind in RecordKind.allCases { records += try await store.records(of: kind) }
        return records
    }

    @Test("records exist after stops, and the snapshot has only jobs")
    func stops() async throws {
        try await withDirectory { path in
            var store = try await open(path)
            try await fill(store)
            try await store.add()
            let before = try await records(store)
            #expect(before.map(\.key) == ["mail", "nightly"])
            for _ in 0..<3 {
                await store.close()
                let snapshot = try JSONText(String(contentsOfFile: path, encoding: .utf8))
                #expect(snapshot.value(recordedDepth: 1)?.elements.count == 1)
                store = try await open(path)
                #expect(try await records(store) == before)
            }
            try await store.deleteAll()
            await store.close()
            store = try await open(path)
            #expect(try await records(store) == before)
            await store.close()
        }
    }

    @Test("records exist after crashes, also behind snapshots and removals of all jobs")
    func crashes() async throws {
        try await withDirectory { path in
            let store = try await open(path, limits: Self.small)
            try await fill(store)
            var expected = try await records(store)
            for round in 0..<30 {
                try await store.add()
                if round % 10 == 3 { try await store.deleteAll() }
                if round % 7 == 2 {
                    let old = try #require(try await store.record(.type, "mail"))
                    _ = try await store.write(
                        .type, "mail", JSONText(#"{"n":\#(round)}"#), over: old.version)
                }
                expected = try await records(store)
                try await afterCrash(store) { again in
                    let found = try await records(again)
                    #expect(found == expected)
                }
            }
            await store.close()
        }
    }

    @Test("records stay when the snapshot is replaced by another file, or is removed")
    func foreignSnapshot() async throws {
        try await withDirectory { path in
            var store = try await open(path)
            try await fill(store)
            let before = try await records(store)
            try await store.add()
            await store.close()
            try Data("[]".utf8).write(to: URL(filePath: path))
            store = try await open(path)
            #expect(store.everything.isEmpty)
            #expect(try await records(store) == before)
            await store.close()
            try FileManager.default.removeItem(atPath: path)
            store = try await open(path)
            #expect(try await records(store) == before)
            await store.close()
        }
    }

    @Test("without records nothing but the snapshot stays after a stop")
    func noRecords() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            try await fill(store)
            for kind in RecordKind.allCases {
                for record in try await store.records(of: kind) {
                    #expect(try await store.remove(kind, record.key, over: record.version))
                }
            }
            await store.close()
            #expect(try files(beside: path).keys.sorted() == ["jobs.json", "jobs.json.lock"])
        }
    }

    @Test("a record that could not be written is as it was before")
    func failure() async throws {
        try await withDirectory { path in
            let faults = Faults()
            let store = try await open(path, files: faults.calls)
            try await fill(store)
            let before = try await records(store)
            faults.fail(.write, .noSpace) { _ in true }
            let value = try JSONText("{}")
            await #expect(throws: JobsError.self) {
                try await store.write(.type, "mail", value, over: before[0].version)
            }
            await #expect(throws: JobsError.self) {
                try await store.remove(.type, "mail", over: before[0].version)
            }
            faults.clear()
            #expect(try await records(store) == before)
            await store.close()
        }
    }
}
