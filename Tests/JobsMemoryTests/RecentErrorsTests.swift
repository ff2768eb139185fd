import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@Suite("Recent errors")
struct RecentErrorsTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    @Test("failures are counted in spans of five minutes, those of an hour ago no more")
    func spans() {
        let places = [0, 299_999, 300_000, 3_599_999, 3_600_000, .max].map { age in
            RecentErrors.place(of: now.advanced(by: -age), at: now)
        }
        #expect(places == [11, 11, 10, 0, nil, nil])
        // By a clock that has run ahead.
        #expect(RecentErrors.place(of: .max, at: now) == 11)
        #expect(RecentErrors.place(of: .min, at: .max) == nil)
    }

    @Test("of a group, the thousand jobs that failed last are counted")
    func bound() async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })
        for (count, wait) in [(5, 600_000), (1000, 3_000_000), (300, 400_000)] as [(Int, Int64)] {
            let jobs = Array(repeating: NewJob(type: "mail", refID: ""), count: count)
            for id in try store.add(jobs).map({ try $0.get().id }) {
                _ = store.start(Start(id, timeout: 60_000))
                let failure = Failure(error: AttemptError(message: "lost"), retry: false)
                _ = store.change([JobChange(id, .fail(failure))])
            }
            clock.advance(by: wait)
        }

        let group = try #require(try await store.errors(ErrorQuery()).groups.first)
        #expect(group.count == 1305)
        #expect(group.recent == [700, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300, 0])
    }
}
