import Jobs
import JobsMemory
import JobsTestSupport
import Testing

/// A store that reads its numbers slowly.
private struct SlowStore: JobsPersistenceLayer {
    let base: any JobsPersistence = MemoryJobsPersistence()

    func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await Task.sleep(for: .milliseconds(100))
        return try await base.errors(query)
    }

    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        try await Task.sleep(for: .milliseconds(300))
        return try await base.census(maxRetries: maxRetries, of: type)
    }
}

@Suite("Numbers that take long to read")
struct OldNumbersTests {
    @Test("say when they were read, if that was before the call", arguments: ["errors", "types"])
    func age(of numbers: String) async throws {
        let service = TestService(persistence: SlowStore())

        let new = try await service.post("get_\(numbers)", "{}")
        let old = try await service.post("get_\(numbers)", "{}")

        #expect(new.status == 200 && new.object["as_of"] == nil)
        #expect(old.status == 200)
        let moment = try #require(old.object["as_of"] as? String)
        let age = Timestamp.now().milliseconds(since: try #require(Timestamp(iso8601: moment)))
        #expect(age >= 100)
    }
}
