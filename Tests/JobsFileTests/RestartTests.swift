import Foundation
import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@testable import JobsFile

@Suite("Restarts")
struct RestartTests {
    /// Adds jobs in all states.
    private func fill(_ store: FileJobsPersistence, _ clock: SetClock) async throws {
        let deep = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
        try await store.add(NewJob(type: "mail", refID: "é\u{0}\"", params: JSONText(deep)))
        try await store.add(
            NewJob(type: "e\u{301}", refID: "", ttl: 5000, params: JSONText(#"{"$date": 1e-300}"#)))
        try await store.add(NewJob(type: "mail", refID: "priority", priority: -7))
        try await store.add(NewJob(type: "mail", refID: "delay", delay: 100_000))
        let delayed = try await store.add(NewJob(type: "mail", refID: "aborted", delay: 100_000))
        _ = try await store.start(Start(delayed.id, timeout: 1000))
        _ = try await store.change([JobChange(delayed.id, .abort())])
        let completed = try await store.add(NewJob(type: "done", refID: "completed"))
        let lease = try #require(try await store.claim("done"))
        _ = try await store.change([JobChange(lease.job.id, lease.lockToken, .complete)])
        clock.advance(by: 10)
        try await store.add(NewJob(type: "running", refID: "running"))
        let running = try #require(try await store.claim("running", timeout: 50_000))
        _ = try await store.change([
            JobChange(running.job.id, .extend(timeout: 70_000))
        ])
        let deleted = try await store.add()
        _ = try await store.delete(deleted.id)
        #expect(try await store.get(completed.id)?.completed != nil)
        #expect(store.everything.count == 7)
    }

    @Test("after a stop the snapshot alone has all jobs")
    func afterStop() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            try await fill(store, clock)
            let before = store.everything
            await store.close()

            #expect(try files(beside: path).keys.sorted() == ["jobs.json", "jobs.json.lock"])
            let again = try await open(path, clock: clock)
            #expect(again.everything == before)
            await again.close()
        }
    }

    @Test("failed jobs are in their groups after a crash, and after a stop")
    func errorGroups() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            for message in ["lost 1", "lost 2", "other", "replayed"] {
                let id = try await store.add().id
                let lease = try #require(try await store.start(Start(id, timeout: 1000)))
                let failure = Failure(error: AttemptError(message: message), retry: false)
                _ = try await store.change([JobChange(id, lease.lockToken, .fail(failure))])
                if message == "replayed" {
                    _ = try await store.change([JobChange(id, .replay(Replay()))])
                }
                clock.advance(by: 5)
            }
            let before = try await store.errors(ErrorQuery())
            #expect(before.groups.map(\.count) == [2, 1])
            try await afterCrash(store, clock: clock) { again in
                let after = try await again.errors(ErrorQuery())
                #expect(after == before)
            }
            await store.close()
            let third = try await open(path, clock: clock)
            #expect(try await third.errors(ErrorQuery()) == before)
            _ = try await third.deleteAll()
            #expect(try await third.errors(ErrorQuery()).groups.isEmpty)
            await third.close()
        }
    }

    @Test("all jobs exist after a crash, and after another crash")
    func afterCrashes() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            try await fill(store, clock)

            try await afterCrash(store, clock: clock) { again in
                #expect(again.everything == store.everything)
                try await again.add()
                try await afterCrash(again, clock: clock) { third in
                    #expect(third.everything == again.everything)
                }
            }
            await store.close()
        }
    }

    @Test("the token of the last lease is still valid, and an older one is not")
    func tokens() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            let job = try await store.add()
            let old = try #require(try await store.claim(timeout: 0))
            let last = try #require(try await store.claim())

            try await afterCrash(store, clock: clock) { again in
                #expect(try await again.claim() == nil)
                let refused = try await again.change([JobChange(job.id, old.lockToken, .complete)])
                #expect(refused == [.failure(.lockLost(job.id))])
                let done = try await again.change([JobChange(job.id, last.lockToken, .complete)])
                #expect(try done[0].get()?.completed == clock.now())
            }
            await store.close()
        }
    }

    @Test("the snapshot is an array of jobs in the format of the HTTP API")
    func snapshotFormat() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            let job = try await store.add(
                NewJob(type: "mail", refID: "1", ttl: 5000, params: JSONText("{\"a\" : 1.0}")))
            await store.close()

            let text = String(
                decoding: try #require(try files(beside: path)["jobs.json"]), as: UTF8.self)
            #expect(
                text == """
                    [{"id":"\(job.id)","type":"mail","ref_id":"1","params":{"a" : 1.0},\
                    "created":"2027-01-15T08:00:00.000Z","started":null,"locked_until":null,\
                    "execute_until":"2027-01-15T08:00:05.000Z","completed":null,"retries":0}]
                    """)
        }
    }

    @Test("an empty store leaves an empty array, and all jobs can be deleted")
    func empty() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            try await store.add()
            try await store.deleteAll()
            try await afterCrash(store) { again in
                #expect(again.everything == [])
                await again.close()
                let snapshot = try files(beside: again.names.snapshot)["jobs.json"]
                #expect(snapshot == Data("[]".utf8))
            }
            await store.close()
        }
    }

    @Test("incomplete files of a crash are removed")
    func leftOvers() async throws {
        try await withStore { store, _ in
            try await store.add()
            var crashed = try files(beside: store.names.snapshot)
            crashed["jobs.json.new"] = Data("[{".utf8)
            crashed["jobs.json.journal.new"] = Data("JRNL".utf8)

            try await opened(crashed) { again in
                #expect(again.everything == store.everything)
                await again.close()
                let names = try files(beside: again.names.snapshot).keys.sorted()
                #expect(names == ["jobs.json", "jobs.json.lock"])
            }
        }
    }

    @Test("a missing directory is created, and the snapshot keeps its mode")
    func directoryAndMode() async throws {
        try await withDirectory { path in
            let inner = path + ".d/a/b/jobs.json"
            let store = try await open(inner)
            try await store.add()
            await store.close()
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: inner)

            let again = try await open(inner)
            try await again.add()
            await again.close()

            let mode = try FileManager.default.attributesOfItem(atPath: inner)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try await open(inner).everything.count == 2)
        }
    }
}
