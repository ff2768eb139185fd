import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@testable import JobsEngine

@Suite("Claims of many large jobs")
struct ClaimSizesTests {
    private let sizes = ClaimSizes()

    private func limit(_ type: String, _ limit: Int) -> Int {
        sizes.limit(of: Claim(type: type, timeout: 1000, limit: limit))
    }

    private func started(_ type: String, size: Int) throws -> StartedJob {
        let params = try JSONText("\"\(String(repeating: "x", count: size))\"")
        return StartedJob(
            job: .sample(type: type, params: params), lockToken: .random())
    }

    @Test("ask the store for as many as one answer holds")
    func limits() throws {
        #expect(limit("a", 1000) == 1000)
        try sizes.note([started("a", size: 10), started("a", size: 1 << 20)], "a")
        #expect(limit("a", 1000) == 15)
        #expect(limit("a", 3) == 3)
        #expect(limit("b", 1000) == 1000)
        var claim = Claim(type: "b", timeout: 1000, limit: 1000)
        claim.alternatives = ["a"]
        #expect(sizes.limit(of: claim) == 15)
    }

    @Test("ask for more again when the jobs are smaller")
    func forgotten() throws {
        try sizes.note(
            NewJob(
                type: "a", refID: "",
                params: JSONText("\"\(String(repeating: "x", count: 64 << 20))\"")))
        #expect(limit("a", 1000) == 1)
        var limits = [1]
        for _ in 0..<100 where limits.last != 1000 {
            try sizes.note([started("a", size: 10)], "a")
            limits.append(limit("a", 1000))
        }
        #expect(limits == limits.sorted())
        #expect(limits.last == 1000)
    }

    @Test("get all jobs in several claims, each within the size of an answer")
    func claims() async throws {
        let jobs = JobsController(persistence: MemoryJobsPersistence(clock: Timestamp.now))
        let params = try JSONText("\"\(String(repeating: "x", count: 1 << 20))\"")
        let added = try await jobs.add(
            (0..<40).map { NewJob(type: "a", refID: "\($0)", params: params) })
        var claimed: [JobID] = []
        for _ in 0..<3 {
            let started = try await jobs.claim(Claim(type: "a", timeout: 60_000, limit: 100))
            #expect(started.count <= 15)
            #expect(started.allSatisfy { $0.job.retries == 1 })
            claimed += started.map(\.job.id)
        }
        #expect(claimed == (try added.map { try $0.get().id }))
    }
}
