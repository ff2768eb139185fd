import Jobs
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Both services work on the same jobs, in random order.
    @Suite("Interleaved with an older service", .sharedCollection)
    struct InterleavingTests {
        @Test("two concurrent services hand out every job, and none twice")
        func atOnce() async throws {
            let collection = try await TestCollection.shared()
            let older = NodeService(collection: collection)
            let stores = (0..<2).map { _ in collection.store() }
            _ = try await stores[0].add((0..<60).map { NewJob(type: "mail", refID: "\($0)") })
            try await collection.insert((0..<60).map { _ in NodeSample().document })

            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        if worker < 4 {
                            return try await stores[worker % 2].claimAll().map { "\($0)" }
                        }
                        var ids: [String] = []
                        while let id = try await older.start(type: "mail") { ids.append(id) }
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            #expect(claimed.count == 120)
            #expect(Set(claimed).count == 120)
        }

        @Test("no job is lost or leased twice, and no lost lease is accepted", arguments: 1...4)
        func anyOrder(seed: UInt64) async throws {
            let collection = try await TestCollection.shared()
            var world = World(collection: collection, random: SplitMix64(seed: seed))
            try await world.begin()

            for _ in 0..<100 { try await world.step() }
            try await world.end()
        }
    }
}

/// Some jobs, the operations of both services on them, and the invariants.
private struct World {
    let collection: TestCollection
    let store: MongoJobsPersistence
    let older: NodeService
    var random: SplitMix64
    /// The jobs after the last step.
    private var jobs: [JobID: Job] = [:]
    /// The tokens of each job. Only the last one is valid; `nil` is a lease of the older service.
    private var tokens: [JobID: [LockToken?]] = [:]

    init(collection: TestCollection, random: SplitMix64) {
        self.collection = collection
        self.random = random
        store = collection.store()
        older = NodeService(collection: collection)
    }

    mutating func begin() async throws {
        for index in 0..<3 {
            try await store.add(refID: "ours \(index)")
            _ = try await store.addUnique(NewJob(type: "mail", refID: "unique \(index)"))
            try await older.add(refID: "theirs \(index)")
        }
        try await look()
    }

    /// Makes one call of either service, and checks its effect.
    mutating func step() async throws {
        let id = try #require(jobs.keys.sorted().randomElement(using: &random))
        let timeout: Int64 = [-5, 0, 15, 60_000].randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: note(try await store.claim(timeout: timeout, maxRetries: 1000))
        case 2: note(try await store.start(Start(id, timeout: timeout)))
        case 3: note(older: try await older.start(type: "mail", timeout: timeout))
        case 4: note(older: try await older.start("\(id)", timeout: timeout))
        case 5: try await older.extend("\(id)", timeout: timeout)
        case 6, 7: try await older.abort("\(id)")
        case 8: try await store.adopt()
        case 9:
            // Rarely, so that unfinished jobs remain.
            guard Int.random(in: 0..<5, using: &random) == 0 else { break }
            try await older.complete("\(id)")
        default: try await change(id, timeout: timeout)
        }
        try await look()
    }

    /// Checks that all unfinished jobs are handed out once after all leases have ended.
    mutating func end() async throws {
        for id in jobs.keys { try await older.abort("\(id)") }
        try await store.adopt()
        try await look()

        let unfinished = Set(jobs.values.filter { $0.completed == nil }.map(\.id))
        let claimed = try await store.claimAll(maxRetries: 1000)
        #expect(Set(claimed) == unfinished)
        #expect(claimed.count == unfinished.count)
    }

    /// Makes a change with any earlier token, or without one.
    private mutating func change(_ id: JobID, timeout: Int64) async throws {
        let handedOut = tokens[id, default: []]
        let token = handedOut.compactMap(\.self).randomElement(using: &random)
        let isOwner = token == nil || handedOut.last == token
        let before = try await collection.document("\(id)")
        do {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: _ = try await store.complete(id, token)
            case 1, 2: _ = try await store.abort(id, token)
            default: _ = try await store.extend(id, timeout: timeout, token)
            }
            #expect(isOwner)
        } catch JobsError.lockLost {
            #expect(!isOwner)
            #expect(try await collection.document("\(id)") == before)
        }
    }

    private mutating func note(_ started: StartedJob?) {
        guard let started else { return }
        tokens[started.job.id, default: []].append(started.lockToken)
    }

    private mutating func note(older id: String?) {
        guard let id else { return }
        tokens[JobID(id), default: []].append(nil)
    }

    /// Reads all jobs. A job that was started since the last read was not leased before.
    private mutating func look() async throws {
        for job in try await store.list() {
            if let before = jobs[job.id], job.retries > before.retries {
                #expect(job.retries == before.retries + 1)
                #expect(before.completed == nil)
                let start = try #require(job.started)
                #expect(before.lockedUntil ?? .min <= start)
            }
            jobs[job.id] = job
        }
    }
}
