import Jobs
import Testing

extension MetricsRequirement {
    /// What tells where a job stands and which workers hold leases.
    static let queues: [MetricsRequirement] = [
        MetricsRequirement("the jobs that claims get first are counted") { counted in
            let store = counted.store
            let last = try await store.add(priority: -1)
            let first = try await store.add()
            let second = try await store.add()
            try await store.add(priority: 9, delay: 600_000)
            try await store.add(type: "Mail", priority: 9)
            let urgent = try await store.add(priority: 1)

            var ahead: [Int] = []
            for job in [urgent, first, second, last] {
                ahead.append(try await store.jobs.countAhead(of: job, maxRetries: 10, limit: 9))
            }
            let atLimit = try await store.jobs.countAhead(of: last, maxRetries: 10, limit: 2)
            _ = try await store.claimed(2)
            let later = try await store.jobs.countAhead(of: last, maxRetries: 10, limit: 9)

            #expect(ahead == [0, 1, 2, 3])
            #expect(atLimit == 2)
            #expect(later == 1)
        },
        MetricsRequirement("jobs that were added at once have an order as well") { counted in
            let new = (0..<20).map { NewJob(type: "mail", refID: "\($0)") }
            let jobs = try await counted.store.jobs.add(new).map { try $0.get() }

            for (index, job) in jobs.enumerated() {
                let ahead = try await counted.store.jobs.countAhead(
                    of: job, maxRetries: 10, limit: 100)
                #expect(ahead == index)
            }
        },
        MetricsRequirement("the live leases of each worker are counted by type") { counted in
            let store = counted.store
            for _ in 0..<6 { try await store.add() }
            try await store.add(type: "Mail")
            let claim = { (worker: String?, timeout: Int64) in
                let claim = Claim(type: "mail", timeout: timeout, worker: worker)
                return try #require(try await store.jobs.claim(claim).first)
            }
            _ = try await claim("a", 60_000)
            let second = try await claim("a", 60_000)
            _ = try await claim("b", 60_000)
            _ = try await claim(nil, 60_000)
            _ = try await claim("c", 0)
            let done = try await claim("d", 60_000)
            _ = try await store.complete(done.job.id)

            let census = try await counted.census()

            let workers = try #require(census["mail"]?.workers)
            #expect(workers.keys.map(\.text).sorted() == ["a", "b"])
            #expect(
                workers[ExactText("a")]
                    == WorkerLeases(count: 2, lastStart: second.job.started))
            #expect(workers[ExactText("b")]?.count == 1)
            #expect(census["mail"]?.running == 4)
            #expect(census["Mail"]?.workers == [:])
        },
    ]
}
