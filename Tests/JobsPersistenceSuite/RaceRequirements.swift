import Jobs
import Testing

extension StoreRequirement {
    static let races: [StoreRequirement] = [
        StoreRequirement("concurrent unique adds add one job") { store in
            for round in 0..<5 {
                let jobs = try await store.concurrently(40) { instance, _ in
                    try await instance.addUnique(NewJob(type: "mail", refID: "round \(round)"))
                }
                #expect(Set(jobs.map(\.id)).count == 1)
            }
            #expect(try await store.list().jobs.count == 5)
        },
        StoreRequirement("one of several concurrent starts by id succeeds") { store in
            let added = try await store.add()
            let started = try await store.concurrently(40) { instance, _ in
                try await instance.start(Start(added.id, timeout: 60_000))
            }
            #expect(started.count { $0 != nil } == 1)
        },
        StoreRequirement("no job is handed out twice to concurrent claims for one and for many") {
            store in
            _ = try await store.jobs.add((0..<300).map { NewJob(type: "mail", refID: "\($0)") })

            let claimed = try await store.concurrently(20) { instance, worker in
                var claimed: [JobID] = []
                while true {
                    let more = try await instance.claim(
                        Claim(
                            type: "mail", timeout: 60_000, maxRetries: 10,
                            limit: worker % 2 == 0 ? 1 : 7))
                    if more.isEmpty { return claimed }
                    claimed += more.map(\.job.id)
                }
            }.flatMap(\.self)

            #expect(claimed.count == 300)
            #expect(Set(claimed).count == 300)
        },
        StoreRequirement("every job is completed once while leases are taken over") { store in
            _ = try await store.jobs.add((0..<60).map { NewJob(type: "mail", refID: "\($0)") })

            let completed = try await store.concurrently(10) { instance, worker in
                var completed: [JobID] = []
                for round in 0..<400 {
                    // Every third lease lapses at once, so that others take the job over.
                    let timeout: Int64 = (round + worker) % 3 == 0 ? 0 : 60_000
                    guard
                        let started = try await instance.claim(
                            Claim(type: "mail", timeout: timeout, maxRetries: 1_000_000)
                        ).first
                    else { break }
                    let lease = LeaseReference(id: started.job.id, lockToken: started.lockToken)
                    if case .success(.some) = try await instance.change([
                        JobChange(lease, .complete)
                    ])[0] {
                        completed.append(started.job.id)
                    }
                }
                return completed
            }.flatMap(\.self)

            #expect(completed.count == 60)
            #expect(Set(completed).count == 60)
        },
    ]
}

extension StoreUnderTest {
    /// Runs `body` concurrently, distributed over the instances.
    func concurrently<Value: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (any JobsPersistence, Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<count {
                let instance = instances[index % instances.count]
                group.addTask { try await body(instance, index) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
