import BSON
import Jobs
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Lists by state", .sharedCollection)
    struct StateListTests {
        private static let states: [Set<JobState>?] =
            JobState.allCases.map { [$0] } + [[.failed, .cancelled], [.failed, .exhausted], nil]

        @Test("have the jobs that are in the state, both ways and from any id")
        func lists() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var random = SplitMix64(seed: 7)
            let now = Timestamp.now()
            let jobs = (0..<400).map { Job.random($0 + 1000, at: now, using: &random) }
            try await collection.insert(jobs.map { StoredJob(job: $0).document })
            let ids = jobs.map(\.id).sorted()

            for states in Self.states {
                for (worker, maxRetries, lockedUntil) in [
                    (nil, 3, DateCondition()), ("w1", 8, DateCondition()),
                    (nil, Int.max, DateCondition()), (nil, 8, DateCondition(from: .min)),
                    (nil, Int.max, DateCondition(from: now.advanced(by: -30_000), to: now)),
                ] {
                    var filter = JobFilter()
                    if states?.count == 1 {
                        filter.state = states?.first
                    } else {
                        filter.states = states
                    }
                    filter.worker = worker
                    filter.maxRetries = maxRetries
                    filter.lockedUntil = lockedUntil
                    let expected = jobs.filter { filter.matches($0, at: now) }.map(\.id).sorted()
                    let comment: Comment = "\(states ?? []) \(maxRetries)"

                    let all = try await store.list(filter, Paging(wantsTotal: true))
                    #expect(all.jobs.map(\.id) == expected, comment)
                    #expect(all.total == expected.count, comment)
                    let down = try await store.list(filter, Paging(isDescending: true))
                    #expect(down.jobs.map(\.id) == expected.reversed(), comment)
                    for isDescending in [false, true] {
                        let after = ids[200]
                        let page = try await store.list(
                            filter,
                            Paging(skip: 1, take: 3, after: after, isDescending: isDescending))
                        let rest =
                            isDescending
                            ? expected.reversed().filter { $0 < after }
                            : expected.filter { $0 > after }
                        #expect(page.jobs.map(\.id) == Array(rest.dropFirst().prefix(3)), comment)
                    }
                }
            }
        }

        @Test("are narrowed by type, group, error and ids")
        func narrowed() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var ids: [JobID] = []
            for (index, type) in ["mail", "mail", "report"].enumerated() {
                let new = NewJob(type: type, refID: "1", group: "g\(index)")
                let id = try #require(try await store.add([new]).first).get().id
                let lease = try #require(try await store.start(Start(id, timeout: 60_000)))
                let error = AttemptError(type: "E\(index % 2)")
                _ = try await store.fail(lease, Failure(error: error, retry: false))
                ids.append(id)
            }

            func found(_ change: (inout JobFilter) -> Void) async throws -> [JobID] {
                try await store.list {
                    $0.state = .failed
                    change(&$0)
                }.map(\.id)
            }
            #expect(try await found { $0.type = "mail" } == [ids[0], ids[1]])
            #expect(try await found { $0.types = ["mail", "report"] } == ids)
            #expect(try await found { $0.group = "g1" } == [ids[1]])
            #expect(try await found { $0.errorType = "E0" } == [ids[0], ids[2]])
            #expect(
                try await found { $0.ids = [ids[2], ids[1], JobID("no")] } == [ids[1], ids[2]])
            #expect(
                try await found {
                    $0.ids = [ids[2]]
                    $0.id = ids[1]
                } == [])
            #expect(try await found { $0.ids = [] } == [])
        }

        @Test("of running jobs have those that an older service has started")
        func elsewhere() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let ours = try await store.add(refID: "ours").id
            _ = try #require(try await store.claim())
            let taken = try await store.add(refID: "taken").id
            try await older.start("\(taken)")
            let theirs = JobID(try await older.add())
            try await older.start("\(theirs)")

            #expect(
                try await store.list { $0.state = .running }.map(\.id)
                    == [ours, taken, theirs].sorted())
        }

        @Test("of lapsed leases have those of an older service and of parked jobs")
        func lapsedElsewhere() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let ours = try await store.add(refID: "ours").id
            _ = try #require(try await store.start(Start(ours, timeout: 1)))
            let lapsed = {
                try await store.list {
                    $0.state = .ready
                    $0.lockedUntil.from = .min
                    $0.maxRetries = 5
                }.map(\.id)
            }
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await lapsed() == [ours])

            let parked = try await store.add(type: "parked").id
            _ = try #require(try await store.start(Start(parked, timeout: 1)))
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await store.claim(type: "parked", maxRetries: 1) == nil)
            #expect(try await lapsed() == [ours, parked])

            let taken = try await store.add(refID: "taken").id
            try await older.start("\(taken)", timeout: 1)
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await lapsed() == [ours, parked, taken].sorted())
        }

        @Test("that take too long name the keys without an index")
        func slowness() {
            var filter = JobFilter()
            filter.state = .ready
            filter.worker = "w"
            filter.group = "g"
            filter.errorType = "e"
            #expect(
                filter.reasonOfSlowness(.milliseconds(5)).hasPrefix(
                    "The list took longer than 5 ms: no index helps to find by state, worker, group, "
                        + "error_type, add a condition on one of id, type"))
            filter.state = .failed
            #expect(
                filter.reasonOfSlowness(.milliseconds(5))
                    == """
                    The list took longer than 5 ms: there is an index for state, which finds too many \
                    jobs, and none for worker, group, error_type
                    """)
        }
    }
}
