import BSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The keys and documents that the server reads for bulk operations.
    @Suite("Plans of bulk operations", .sharedCollection)
    struct OperationPlanTests {
        private struct Walked {
            var ids: [JobID] = []
            var commands: [ProfiledCommand] = []
        }

        /// Reads all slices of a filter.
        private func walk(
            _ filter: JobFilter, size: Int, _ store: MongoJobsPersistence,
            _ collection: TestCollection
        ) async throws -> Walked {
            var walked = Walked()
            walked.commands = try await collection.profiled {
                var position: JobID?
                repeat {
                    let slice = try await store.slice(filter, after: position, examining: size)
                    walked.ids += slice.jobs.map(\.id)
                    position = slice.end
                } while position != nil
            }
            return walked
        }

        @Test("a slice reads no more jobs than it is to look at, whatever the filter is")
        func bounds() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let filters: [(String, (inout JobFilter) -> Void)] = [
                    ("none", { _ in }), ("type", { $0.type = "report" }),
                    ("worker", { $0.worker = "none" }),
                    (
                        "type and worker",
                        {
                            $0.type = "mail"
                            $0.worker = "none"
                        }
                    ), ("created", { $0.created.to = Timestamp.now() }),
                    ("ready", { $0.state = .ready }), ("failed", { $0.state = .failed }),
                ]
                for (name, change) in filters {
                    var filter = JobFilter()
                    filter.maxRetries = 10
                    change(&filter)
                    let listed = try await store.list(
                        filter, Paging(take: -1, wantsTotal: true)
                    ).total

                    let walked = try await walk(filter, size: 500, store, collection)

                    #expect(walked.ids.count == listed, "\(name)")
                    #expect(Set(walked.ids).count == listed, "\(name)")
                    for command in walked.commands {
                        #expect(command.plan.hasPrefix("IXSCAN"), "\(name): \(command)")
                        #expect(!command.hasSorted, "\(name): \(command)")
                        #expect(command.documentsExamined <= 502, "\(name): \(command)")
                        #expect(command.keysExamined <= 503, "\(name): \(command)")
                    }
                }
            }
        }

        @Test("the walk through failed jobs reads no others")
        func failed() async throws {
            try await TestCollection.with(database: "jobs_tests_operations") { collection in
                let store = collection.store()
                try await store.prepare()
                let now = Timestamp.now()
                try await collection.insert(
                    (0..<4000).map { index in
                        var job = Job(
                            id: JobID("\(1_000_000 + index)"),
                            type: index % 2 == 0 ? "mail" : "report", refID: "\(index)",
                            created: now.advanced(by: -100_000))
                        if index % 20 == 0 { job.failed = job.created }
                        return StoredJob(job: job).document
                    })
                for type in [nil, "mail"] {
                    var filter = JobFilter()
                    (filter.state, filter.type, filter.maxRetries) = (.failed, type, 10)

                    let walked = try await walk(filter, size: 50, store, collection)

                    #expect(walked.ids.count == 200)
                    #expect(walked.ids == walked.ids.sorted())
                    let read = walked.commands.map(\.documentsExamined).reduce(0, +)
                    #expect(read <= 2 * 200 + 20, "\(read)")
                }
            }
        }

        @Test("ids that are object ids are walked through behind those that are strings")
        func objectIDs() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            for number in 0..<5 {
                let id = BSONObjectID(
                    Array(repeating: UInt8(number == 4 ? 255 : number), count: 12))
                try await collection.insert([
                    [
                        "_id": .value(try #require(id)), "type": "mail",
                        "ref_id": .string("\(number)"),
                        "created": .value(Timestamp.now().bson), "retries": 0,
                    ]
                ])
                _ = try await store.add([NewJob(type: "mail", refID: "s\(number)")])
            }
            for type in [nil, "mail"] {
                for size in [1, 2, 3, 100] {
                    var filter = JobFilter()
                    filter.type = type
                    var (found, position, count) = ([String](), JobID?.none, 0)
                    repeat {
                        let slice = try await store.slice(
                            filter, after: position, examining: size)
                        found += slice.jobs.map(\.id.description)
                        position = slice.end
                        count += 1
                    } while position != nil && count < 50
                    #expect(found.count == 10 && Set(found).count == 10, "\(size)")
                    #expect(found[5...].allSatisfy { $0.utf8.count == 24 })
                }
            }
        }

        @Test("a batch is one command for all its jobs")
        func batches() async throws {
            try await TestCollection.withManyJobs { store, collection in
                var filter = JobFilter()
                (filter.state, filter.maxRetries) = (.ready, 10)
                filter.type = "mail"
                let jobs = try await store.slice(filter, after: nil, examining: 300).jobs
                #expect(!jobs.isEmpty)
                for work in [BulkWork.change(.cancel), .delete] {
                    filter.state = work.isDeletion ? nil : .ready
                    var outcome = BatchOutcome()
                    let commands = try await collection.profiled {
                        outcome = try await store.treat(JobBatch(jobs, filter, work))
                    }
                    #expect(outcome.done == jobs.count)
                    #expect(commands.count == 1, "\(commands)")
                    for command in commands {
                        #expect(command.documentsExamined <= jobs.count, "\(command)")
                        #expect(command.plan.contains("_id"), "\(command)")
                    }
                }
            }
        }
    }
}

extension BulkWork {
    fileprivate var isDeletion: Bool { if case .delete = self { true } else { false } }
}
