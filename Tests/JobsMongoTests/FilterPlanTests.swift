import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The keys and documents that the server reads for a list.
    @Suite("Plans of lists", .sharedCollection)
    struct FilterPlanTests {
        /// A usual filter.
        struct UsualFilter: CustomTestStringConvertible {
            let testDescription: String
            let change: @Sendable (inout JobFilter) -> Void

            init(_ name: String, _ change: @escaping @Sendable (inout JobFilter) -> Void) {
                testDescription = name
                self.change = change
            }

            static let all = [
                UsualFilter("none") { _ in },
                UsualFilter("type") { $0.type = "report" },
                UsualFilter("rare type") { $0.type = "kind 7" },
                UsualFilter("unknown type") { $0.type = "none" },
                UsualFilter("reference") { $0.refID = "7" },
                UsualFilter("unknown reference") { $0.refID = "none" },
                UsualFilter("type and reference") {
                    $0.type = "report"
                    $0.refID = "9"
                },
                UsualFilter("created") {
                    $0.created.from = Timestamp.now().advanced(by: -1_000_000)
                    $0.created.to = Timestamp.now().advanced(by: -900_000)
                },
                UsualFilter("completed") {
                    $0.completed.from = Timestamp.now().advanced(by: -1_000_000)
                    $0.completed.to = Timestamp.now().advanced(by: -900_000)
                },
            ]
        }

        @Test("lists by the usual filters read only the listed jobs")
        func lists() async throws {
            try await TestCollection.withManyJobs { store, collection in
                for usual in UsualFilter.all {
                    var filter = JobFilter()
                    usual.change(&filter)
                    var page = JobPage(jobs: [])
                    let commands = try await collection.profiled {
                        page = try await store.list(filter, Paging(take: 500, wantsTotal: true))
                    }

                    let isUnknown = usual.testDescription.hasPrefix("unknown")
                    #expect(page.jobs.isEmpty == isUnknown, "\(usual.testDescription)")
                    #expect(commands.count == 2, "\(usual.testDescription)")
                    let (list, count) = (try #require(commands.first), try #require(commands.last))
                    #expect(list.plan.hasPrefix("IXSCAN"), "\(usual.testDescription)")
                    // If the index is not in the order of ids, all its jobs have to be sorted.
                    let read = list.hasSorted ? page.total : page.jobs.count
                    #expect(list.documentsExamined == read, "\(usual.testDescription)")
                    #expect(count.documentsExamined == 0, "\(usual.testDescription): \(count)")
                    #expect(
                        count.keysExamined <= (page.total ?? 0) + 1, "\(usual.testDescription)")
                }
            }
        }
    }
}
