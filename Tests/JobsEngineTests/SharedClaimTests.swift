import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Testing

@Suite("Claims of several workers in one command")
struct SharedClaimTests {
    @Test("each waiting worker gets jobs that were started for it")
    func waiting() async throws {
        let jobs = JobsController(persistence: MemoryJobsPersistence(clock: Timestamp.now))
        let names = ["a", "b", nil, "c", "a"]
        let claims = names.map { worker in
            Task {
                try await jobs.claim(
                    Claim(type: "mail", timeout: 60_000, worker: worker),
                    ClaimWait(milliseconds: 60_000))
            }
        }
        try await eventually { jobs.persistence.waitingCount == names.count }
        _ = try await jobs.add(names.indices.map { NewJob(type: "mail", refID: "\($0)") })

        for (claim, name) in zip(claims, names) {
            let started = try await claim.value
            #expect(started.map(\.job.worker) == [name])
        }
    }

    @Test("each worker of a merged claim gets jobs that were started for it")
    func merged() async throws {
        let store = MemoryJobsPersistence(clock: Timestamp.now)
        let merging = MergingJobsPersistence(store)
        _ = store.add((0..<400).map { NewJob(type: "mail", refID: "\($0)") })

        let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for index in 0..<100 {
                group.addTask {
                    let worker = index % 3 == 0 ? nil : "worker-\(index)"
                    let started = try await merging.claim(
                        Claim(type: "mail", timeout: 60_000, limit: 4, worker: worker))
                    #expect(started.allSatisfy { $0.job.worker == worker })
                    return started.map(\.job.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(Set(claimed).count == 400 && claimed.count == 400)
    }
}
