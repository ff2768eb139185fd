import BSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The keys and documents that the server reads for groups of errors.
    @Suite("Plans of errors", .sharedCollection)
    struct ErrorPlanTests {
        /// Lends a store over 10,000 plain jobs, and 20,000 failed ones in 12 groups, of which the
        /// first one has 12,000.
        private func withErrors(
            _ body: (MongoJobsPersistence, TestCollection) async throws -> Void
        ) async throws {
            try await TestCollection.with(database: "jobs_tests_errors") { collection in
                let store = collection.store()
                try await store.prepare()
                let now = Timestamp.now()
                for start in stride(from: 0, to: 30_000, by: 5000) {
                    try await collection.insert(
                        (start..<start + 5000).map { index in
                            var job = Job(
                                id: JobID("\(1_000_000 + index)"),
                                type: index % 2 == 0 ? "mail" : "report", refID: "\(index)",
                                created: now.advanced(by: Int64(index) - 200_000))
                            if index % 3 > 0 {
                                let isLarge = index % 30 < 27
                                if isLarge { job.type = "mail" }
                                job.error = AttemptError(message: "m")
                                job.errorKey = isLarge ? "large" : "key \(index / 3 % 12)"
                                job.errored = job.created
                                if index % 3 == 1 { job.failed = job.created }
                            }
                            return StoredJob(job: job).document
                        })
                }
                try await body(store, collection)
            }
        }

        @Test("groups are counted on the index, up to a bound, and one job of each is read")
        func groups() async throws {
            try await withErrors { store, collection in
                var errors = ErrorGroups()
                let commands = try await collection.profiled {
                    errors = try await store.errors(ErrorQuery())
                }

                let large = try #require(errors.groups.first)
                #expect(large.errorKey == "large" && large.count == 10_000)
                #expect(large.isCountAtLeast && !errors.isTruncated)
                #expect(errors.groups.dropFirst().allSatisfy { !$0.isCountAtLeast })
                let small = errors.groups.dropFirst().map(\.count).reduce(0, +)
                #expect(small == 2000)
                for command in commands {
                    #expect(command.plan.contains("error_group.key"), "\(command)")
                    #expect(!command.plan.contains("COLLSCAN") && !command.hasSorted, "\(command)")
                    #expect(command.documentsExamined <= 1, "\(command)")
                }
                let documents = commands.map(\.documentsExamined).reduce(0, +)
                #expect(documents == errors.groups.count)
                let keys = commands.map(\.keysExamined).reduce(0, +)
                // Each job is counted once, and once more if it is among the last ones of its
                // group.
                let recent = RecentErrors.maximumCount + small
                #expect(keys <= 10_001 + small + recent + 8 * errors.groups.count, "\(keys)")
            }
        }

        @Test("groups of a time read the keys of that time")
        func time() async throws {
            try await withErrors { store, collection in
                let middle = try #require(
                    try await store.errors(ErrorQuery(type: "report")).groups.first)
                let query = ErrorQuery(
                    type: "mail", from: middle.first, to: middle.first.advanced(by: 2999))
                var errors = ErrorGroups()
                let commands = try await collection.profiled {
                    errors = try await store.errors(query)
                }

                let count = errors.groups.map(\.count).reduce(0, +)
                #expect((1500...2500).contains(count))
                let keys = commands.map(\.keysExamined).reduce(0, +)
                #expect(keys <= 2 * count + 8 * 13, "\(keys) \(count)")
                #expect(commands.allSatisfy { $0.documentsExamined <= 1 && !$0.hasSorted })
            }
        }

        @Test("the failures of the last hour are counted in spans of five minutes")
        func recent() async throws {
            try await TestCollection.with(database: "jobs_tests_errors") { collection in
                let store = collection.store()
                try await store.prepare()
                let now = Timestamp.now()
                let minutes: [Int64] = [0, 1, 7, 59, 61, 100]
                try await collection.insert(
                    minutes.map { minute in
                        var job = Job(
                            id: JobID("\(1_000_000 + minute)"), type: "mail", refID: "",
                            created: now.advanced(by: -10_000_000))
                        job.errorKey = "broken"
                        job.errored = now.advanced(by: -60_000 * minute)
                        return StoredJob(job: job).document
                    })

                let group = try await store.errors(ErrorQuery()).groups.first
                #expect(group?.recent == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
                let query = ErrorQuery(
                    from: now.advanced(by: -10 * 60_000), to: now.advanced(by: -30_000))
                let bounded = try await store.errors(query).groups.first
                #expect(bounded?.recent == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
                let old = ErrorQuery(to: now.advanced(by: -60_000 * 60))
                #expect(try await store.errors(old).groups.first?.recent == RecentErrors.none)
            }
        }

        @Test("a list by the key of the error reads the jobs of its page only")
        func lists() async throws {
            try await withErrors { store, collection in
                for type in [nil, "mail"] {
                    for isDescending in [false, true] {
                        var filter = JobFilter()
                        filter.errorKey = "large"
                        filter.type = type
                        var page = JobPage(jobs: [])
                        let commands = try await collection.profiled {
                            page = try await store.list(
                                filter,
                                Paging(
                                    take: 100, wantsTotal: true, after: JobID("1010000"),
                                    isDescending: isDescending))
                        }

                        #expect(page.jobs.count == 100 && page.total == 18_000)
                        let list = try #require(commands.first)
                        #expect(!list.hasSorted && list.documentsExamined <= 100, "\(list)")
                        #expect(list.keysExamined <= 101)
                        #expect(commands.last?.documentsExamined == 0, "\(commands)")
                    }
                }
                var filter = JobFilter()
                filter.errorKey = "large"
                filter.states = [.failed, .exhausted]
                let commands = try await collection.profiled {
                    _ = try await store.list(filter, Paging(take: 200))
                }
                #expect(commands.map(\.documentsExamined).reduce(0, +) <= 500, "\(commands)")
            }
        }

        @Test("plain jobs are in none of the indexes, and their documents have no such field")
        func plain() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let lease = try #require(try await store.claim())
            #expect(try await collection.document("\(id)")?["error_group"] == nil)
            _ = try await store.fail(
                lease, Failure(error: AttemptError(message: "$a 5"), delay: 0))
            let group = try await collection.document("\(id)")?["error_group"]?.document
            #expect(group?["key"]?.string == "$a #")
            _ = try await store.complete(id)
            #expect(try await collection.document("\(id)")?["error_group"] == nil)
        }

        @Test("a group whose values are not those of a group is no harm")
        func tampered() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let groups: [BSONLiteral] = [
                "x", 5, .null, [], ["key": 5], ["key": "k"], ["key": "k", "at": "soon"],
                ["key": ["a", "b"], "at": .date(.now())], ["key": "k", "at": .date(.max)],
            ]
            for (index, group) in groups.enumerated() {
                let job = Job(
                    id: JobID("\(index)"), type: "mail", refID: "", created: .now())
                guard case .document(let members) = StoredJob(job: job).document else { continue }
                try await collection.insert([
                    .document(members + [.init(key: "error_group", value: group)])
                ])
            }

            let errors = try await store.errors(ErrorQuery())
            let later = try await store.errors(ErrorQuery(from: Timestamp(milliseconds: 0)))

            #expect(errors.groups.contains { $0.errorKey == "k" && $0.count == 3 })
            #expect(later.groups.contains { $0.errorKey == "k" && $0.count == 1 })
            #expect(try await store.list().count == groups.count)
        }
    }
}
