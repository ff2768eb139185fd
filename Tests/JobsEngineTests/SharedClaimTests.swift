import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Synchronization
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

    @Test("a look for one announced job names it, one for several jobs or others does not")
    func announced() async throws {
        let store = RecordedClaims()
        let waiting = WaitingJobsPersistence(MergingJobsPersistence(store))
        let claim = Claim(type: "mail", timeout: 60_000)
        let serve = { (count: Int) async throws in
            let waits = (0..<count).map { _ in
                Task { try await waiting.claim(claim, ClaimWait(milliseconds: 60_000)) }
            }
            try await eventually { waiting.waitingCount == count }
            let added = try await waiting.add(
                (0..<count).map { NewJob(type: "mail", refID: "\($0)") })
            for wait in waits { #expect(try await wait.value.count == 1) }
            return try added.map { try $0.get().id }
        }

        // The first look after a claim has parked may be for others: it comes before the news.
        var isNamed = false
        for _ in 0..<100 where !isNamed {
            let job = try await serve(1)
            isNamed = store.takeAnnounced() == job
        }
        #expect(isNamed)
        for _ in 0..<10 {
            _ = try await serve(2)
            #expect(store.takeAnnounced().isEmpty)
        }
    }

    @Test("a look for an announced job is followed by a search for jobs without news")
    func searched() async throws {
        let store = RecordedClaims()
        let waiting = WaitingJobsPersistence(
            store,
            options: .init(probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600)))
        let waits = (0..<2).map { _ in
            Task {
                try await waiting.claim(
                    Claim(type: "mail", timeout: 60_000), ClaimWait(milliseconds: 600_000))
            }
        }
        try await eventually { waiting.waitingCount == 2 }
        // Longer than the searches of the claims that have just come.
        try await Task.sleep(for: .seconds(1.5))
        _ = try await store.add([NewJob(type: "mail", refID: "unheard")])
        _ = try await waiting.add([NewJob(type: "mail", refID: "heard")])

        var found: Set<String> = []
        for wait in waits { found.formUnion(try await wait.value.map(\.job.refID)) }
        #expect(found == ["heard", "unheard"])
        #expect(store.takeAnnounced().count == 1)
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

/// A store that records which jobs claims name.
private final class RecordedClaims: JobsPersistenceLayer {
    let base: any JobsPersistence = MemoryJobsPersistence(clock: Timestamp.now)
    private let announced = Mutex<[JobID]>([])

    func claim(_ claim: Claim) async throws -> [StartedJob] {
        if let id = claim.announced { announced.withLock { $0.append(id) } }
        return try await base.claim(claim)
    }

    func takeAnnounced() -> [JobID] {
        announced.withLock { ids in
            defer { ids = [] }
            return ids
        }
    }
}
