import Foundation
import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@testable import JobsFile

@Suite("A restart after the clock was set back")
struct ClockTests {
    private static let year: Int64 = 366 * 86_400_000

    @Test(
        "jobs are ready, leases end and new jobs are last, for any earlier offset of the clock",
        arguments: [1000, 86_400_000, year])
    func restart(step: Int64) async throws {
        try await withDirectory { path in
            let before = SetClock()
            before.set(by: step)
            let store = try await open(path, clock: before)
            let ready = try await store.add()
            let leased = try await store.add()
            _ = try await store.start(Start(leased.id, timeout: 60_000))
            let done = try await store.add(NewJob(type: "done", refID: "1"))
            before.advance(by: 5000)
            _ = try await store.change([JobChange(done.id, .complete)])
            let completed = try #require(try await store.get(done.id)?.completed)

            let check = { (again: FileJobsPersistence, clock: SetClock) in
                let new = try await again.add()
                #expect(new.created > completed)
                #expect(new.id > done.id)
                clock.advance(by: 54_998)
                #expect(try await again.claim()?.job.id == ready.id)
                #expect(try await again.claim()?.job.id == new.id)
                #expect(try await again.claim() == nil)
                clock.advance(by: 1)
                #expect(try await again.claim()?.job.id == leased.id)
            }
            let afterCrash = SetClock()
            try await JobsFileTests.afterCrash(store, clock: afterCrash) {
                try await check($0, afterCrash)
            }
            await store.close()
            let afterStop = SetClock()
            try await opened(try files(beside: path), clock: afterStop) {
                try await check($0, afterStop)
            }
        }
    }

    @Test("a date written by hand does not set the time to the end of the calendar")
    func dates() async throws {
        let snapshot = """
            [{"id":"1","type":"mail","ref_id":"1","created":"9999-12-31T23:59:59.999Z","retries":0},
            {"id":"01949ad0b4c870008000000000000000","type":"mail","ref_id":"2",
            "created":"9999-12-31T23:59:59.999Z","completed":"9999-12-31T23:59:59.999Z","retries":0}]
            """
        let clock = SetClock()
        try await opened(["jobs.json": Data(snapshot.utf8)], clock: clock) { store in
            let job = try await store.add()
            #expect(job.created == clock.now())
            #expect(try await store.claim()?.job.id == job.id)
            #expect(try await store.claim() == nil)
        }
    }

    @Test("a correct clock is unchanged")
    func right() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            try await store.add(NewJob(type: "mail", refID: "1", ttl: 60_000, delay: 50_000))
            await store.close()
            clock.advance(by: 1)
            let again = try await open(path, clock: clock)
            #expect(try await again.add().created == clock.now())
            await again.close()
        }
    }
}
