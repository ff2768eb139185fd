import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The keys and documents that the server reads for failed and cancelled jobs.
    @Suite("Plans of outcomes", .sharedCollection)
    struct OutcomePlanTests {
        /// Lends a store over 10^5 plain jobs, and some thousand others behind and among them.
        private func withOutcomes(
            _ body: (MongoJobsPersistence, TestCollection) async throws -> Void
        ) async throws {
            try await TestCollection.with(database: "jobs_tests_outcomes") { collection in
                let store = collection.store()
                try await store.prepare()
                let now = Timestamp.now()
                for start in stride(from: 0, to: 103_000, by: 5000) {
                    try await collection.insert(
                        (start..<min(start + 5000, 103_000)).map { index in
                            var job = Job(
                                id: JobID("\(1_000_000 + index)"),
                                type: index % 2 == 0 ? "mail" : "report", refID: "\(index)",
                                created: now.advanced(by: Int64(index) - 200_000))
                            let date = now.advanced(by: Int64(index) - 150_000)
                            switch index {
                            case 20_000..<21_000: job.failed = date
                            case 50_000..<50_500: job.cancelled = date
                            case 100_000..<102_000: job.failed = date
                            case 102_000..<103_000: job.cancelled = date
                            default: break
                            }
                            return StoredJob(job: job).document
                        })
                }
                try await body(store, collection)
            }
        }

        @Test("a list of lapsed leases reads the jobs that have become available since")
        func lapsed() async throws {
            try await withOutcomes { store, collection in
                let lapsed = try await store.add(type: "report").id
                _ = try await store.start(Start(lapsed, timeout: 1))
                try await Task.sleep(for: .milliseconds(20))
                for type in [nil, "report"] {
                    var filter = JobFilter()
                    filter.state = .ready
                    filter.type = type
                    filter.lockedUntil.from = Timestamp.now().advanced(by: -105_000)
                    var page = JobPage(jobs: [])
                    let commands = try await collection.profiled {
                        page = try await store.list(filter, Paging(take: 100))
                    }

                    #expect(page.jobs.map(\.id) == [lapsed])
                    // Of 100,000 ready jobs.
                    #expect(commands.map(\.documentsExamined).reduce(0, +) < 6000)
                    #expect(commands.allSatisfy { !$0.plan.contains("COLLSCAN") })
                }
            }
        }

        @Test("pages of failed and cancelled jobs read about as many keys as they have jobs")
        func pages() async throws {
            try await withOutcomes { store, collection in
                for state in [JobState.failed, .cancelled, nil] {
                    for type in [nil, "mail"] {
                        for after in [nil, "1020500", "1101000"] {
                            for isDescending in [false, true] {
                                var filter = JobFilter()
                                filter.state = state
                                if state == nil { filter.states = [.failed, .cancelled] }
                                filter.type = type
                                let paging = Paging(
                                    take: 100, after: after.map { JobID($0) },
                                    isDescending: isDescending)
                                var page = JobPage(jobs: [])
                                let commands = try await collection.profiled {
                                    page = try await store.list(filter, paging)
                                }

                                #expect(page.jobs.count <= 100)
                                #expect(commands.count == 1)
                                let command = try #require(commands.first)
                                #expect(command.plan.contains("outcome"), "\(command)")
                                #expect(!command.hasSorted, "\(command)")
                                #expect(
                                    command.keysExamined <= page.jobs.count + 5,
                                    "\(command) \(filter) \(paging)")
                                #expect(command.documentsExamined <= page.jobs.count)
                            }
                        }
                    }
                }
            }
        }

        @Test("claims, cleaning and the census do not read them")
        func others() async throws {
            try await withOutcomes { store, collection in
                _ = try await store.clean(Cleaning(maxRetries: .max))
                let claims = try await collection.profiled { _ = try await store.claim() }
                let cleaning = try await collection.profiled {
                    _ = try await store.clean(Cleaning(maxRetries: .max))
                }
                var counts: [JobCounts] = []
                let census = try await collection.profiled {
                    counts = Array(try await store.census(maxRetries: 10).values)
                }

                #expect(claims.map(\.keysExamined).max() == 1)
                for command in cleaning { #expect(command.keysExamined <= 1, "\(command)") }
                #expect(counts.map(\.failed).reduce(0, +) == 3000)
                #expect(counts.map(\.cancelled).reduce(0, +) == 1500)
                #expect(counts.map(\.completed) == [0, 0])
                #expect(counts.map(\.ready).reduce(0, +) == 98_499)
                for command in census {
                    #expect(command.documentsExamined <= 1, "\(command)")
                }
            }
        }

        @Test("cleaning reads only the jobs whose retention has passed")
        func cleaning() async throws {
            try await withOutcomes { store, collection in
                // Those that ended in the first 100,000 ms.
                let now = Timestamp.now().milliseconds
                let oldest = try #require(
                    try await store.list { $0.state = .failed }.first?.failed)
                let retention = now - oldest.milliseconds - 60_000
                let cleaning = Cleaning(
                    maxRetries: .max,
                    retention: Retention(failed: retention, cancelled: retention))
                var cleaned = CleanedJobs()
                let commands = try await collection.profiled {
                    cleaned = try await store.clean(cleaning)
                }

                #expect(cleaned == CleanedJobs(failed: 1000, cancelled: 500))
                for command in commands {
                    #expect(command.documentsExamined <= 1000, "\(command)")
                    #expect(command.keysExamined <= 1005, "\(command)")
                }
            }
        }

        @Test("pages of running, delayed and expired jobs read no other jobs")
        func waiting() async throws {
            try await withOutcomes { store, collection in
                for _ in 0..<20 { _ = try await store.claim() }
                for index in 0..<20 { try await store.add(refID: "\(index)", delay: 600_000) }
                for index in 0..<20 { try await store.add(refID: "\(index)", ttl: 1) }
                for state in [JobState.running, .delayed, .expired] {
                    var page = JobPage(jobs: [])
                    let commands = try await collection.profiled {
                        var filter = JobFilter()
                        filter.state = state
                        page = try await store.list(filter, Paging(take: 100))
                    }
                    #expect(page.jobs.count == 20)
                    let read = commands.map(\.documentsExamined).reduce(0, +)
                    #expect(read <= 60, "\(commands)")
                }
            }
        }
    }
}
