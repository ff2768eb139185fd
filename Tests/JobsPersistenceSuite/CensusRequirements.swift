import Jobs
import Testing

extension MetricsRequirement {
    static let censuses: [MetricsRequirement] = [
        MetricsRequirement("without jobs there are no types") { counted in
            let census = try await counted.census()
            #expect(census.isEmpty)
        },
        MetricsRequirement("jobs are counted by type and state") { counted in
            let store = counted.store
            for _ in 0..<3 { try await store.add() }
            try await store.add(delay: 600_000)
            _ = try await store.start()
            let done = try await store.add()
            _ = try await store.complete(done.id)
            try await store.add(type: "Mail")

            let census = try await counted.census()

            #expect(census.keys.sorted() == ["Mail", "mail"])
            #expect(
                census["mail"]?.numbers == .init(delayed: 1, ready: 2, running: 1, completed: 1))
            #expect(census["Mail"]?.numbers == .init(ready: 1))
        },
        MetricsRequirement("every priority counts") { counted in
            for priority in [-3, 0, 7, 7] {
                try await counted.store.add(priority: priority)
                try await counted.store.add(priority: priority, delay: 600_000)
            }
            for _ in 0..<2 { _ = try await counted.store.start() }

            let census = try await counted.census()

            #expect(census["mail"]?.numbers == .init(delayed: 4, ready: 2, running: 2))
        },
        MetricsRequirement("the age is that of the job that has been ready for the longest time") {
            counted in
            let store = counted.store
            try await store.add()
            try await store.pass(milliseconds: 300)
            try await store.add(priority: 1)
            try await store.add(priority: 2, delay: 600_000)
            let before = try #require(try await counted.census()["mail"]).oldestReady
            _ = try await store.claimed(2)
            let after = try #require(try await counted.census()["mail"]).oldestReady

            #expect(before >= 300)
            #expect(after == 0)
        },
        MetricsRequirement("a job with a lapsed lease is ready since the end of the lease") {
            counted in
            try await counted.store.add()
            _ = try await counted.store.start(timeout: 300)
            try await counted.store.pass(milliseconds: 500)

            let counts = try #require(try await counted.census()["mail"])

            #expect(counts.numbers == .init(ready: 1))
            #expect(counts.oldestReady >= 200)
        },
        MetricsRequirement("an expired job is neither ready nor delayed, found by a claim or not") {
            counted in
            let store = counted.store
            try await store.add(ttl: 200)
            try await store.add(ttl: 200, delay: 600_000)
            let running = try await store.add(ttl: 200)
            _ = try await store.jobs.start(Start(running.id, timeout: 60_000))
            let done = try await store.add(ttl: 200)
            _ = try await store.complete(done.id)
            try await store.pass(milliseconds: 400)
            try await store.add()

            let unmet = try #require(try await counted.census()["mail"])
            #expect(try await store.claimed(2).count == 1)
            let met = try #require(try await counted.census()["mail"])

            #expect(unmet.numbers == .init(ready: 1, running: 1, completed: 1, expired: 2))
            #expect(met == .init(running: 2, completed: 1, expired: 2))
        },
        MetricsRequirement("a job at the limit of attempts is exhausted under this limit") {
            counted in
            let store = counted.store
            try await store.add()
            for _ in 0..<2 { _ = try await store.start(timeout: 0, maxRetries: 2) }
            #expect(try await store.start(maxRetries: 2) == nil)

            let limited = try await counted.census(maxRetries: 2)
            let patient = try await counted.census(maxRetries: 3)

            #expect(limited["mail"] == .init(exhausted: 1))
            #expect(patient["mail"]?.numbers == .init(ready: 1))
        },
    ]
}
