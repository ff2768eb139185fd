import Jobs
import JobsMongo
import Mongo
import Testing

/// A MongoDB that does not answer.
@Suite("An unavailable store")
struct AwayTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let call: @Sendable (MongoJobsPersistence) async throws -> Void

        init(
            _ name: String, _ call: @escaping @Sendable (MongoJobsPersistence) async throws -> Void
        ) {
            testDescription = name
            self.call = call
        }

        static let all = [
            Operation("prepare") { try await $0.prepare() },
            Operation("add") { _ = try await $0.add([NewJob(type: "a", refID: "1")]) },
            Operation("addUnique") { _ = try await $0.addUnique(NewJob(type: "a", refID: "1")) },
            Operation("get") { _ = try await $0.get(id) },
            Operation("list") { _ = try await $0.list(JobFilter(), Paging()) },
            Operation("count") { _ = try await $0.list(JobFilter(), Paging(wantsTotal: true)) },
            Operation("start by id") { _ = try await $0.start(Start(id, timeout: 1)) },
            Operation("start by type") {
                _ = try await $0.claim(Claim(type: "a", timeout: 1, maxRetries: 1))
            },
            Operation("start many") {
                _ = try await $0.claim(Claim(type: "a", timeout: 1, maxRetries: 1, limit: 100))
            },
            Operation("extend") {
                let lease = LeaseReference(id: id, lockToken: .random())
                _ = try await $0.change([JobChange(lease, .extend(timeout: 1))])
            },
            Operation("abort") {
                _ = try await $0.change([JobChange(id, .abort())])
            },
            Operation("complete") { _ = try await $0.change([JobChange(id, .complete)]) },
            Operation("complete many") {
                _ = try await $0.change((0..<20).map { _ in JobChange(id, .complete) })
            },
            Operation("delete") { _ = try await $0.delete(id) },
            Operation("deleteAll") { try await $0.deleteAll() },
            Operation("clean") { try await $0.clean(Cleaning(maxRetries: 10)) },
        ]

        private static let id = JobID("0123456789abcdef0123456789abcdef")
    }

    @Test(
        "throws an error within the timeout of the server selection",
        arguments: Operation.all)
    func unavailable(operation: Operation) async throws {
        let port = try ClosedPort.any()
        let uri = "mongodb://127.0.0.1:\(port)/?serverSelectionTimeoutMS=300&connectTimeoutMS=300"
        let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        let store = MongoJobsPersistence(client: client, database: "jobs_tests")
        let start = ContinuousClock.now

        let error = await #expect(throws: JobsError.self) { try await operation.call(store) }

        guard case .unavailable(let reason)? = error else {
            Issue.record("\(String(describing: error)) is a different error")
            return
        }
        #expect(reason != "")
        // Twice the timeout for a retry, and a margin for a busy machine.
        #expect(start.duration(to: .now) < .seconds(5))
        await client.shutdown()
    }
}
