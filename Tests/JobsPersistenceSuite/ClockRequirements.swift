import Jobs
import Testing

extension StoreRequirement {
    /// The requirements of a store that uses the clock of its machine, when that clock is set.
    public static let clockSteps: [StoreRequirement] = [
        StoreRequirement("jobs that were ready stay ready when the clock is set back") { store in
            let jobs = [try await store.add().id, try await store.add().id]
            for id in jobs { _ = try await store.jobs.start(Start(id, timeout: 1000)) }
            let delayed = try await store.add(delay: 1000)
            try await store.pass(milliseconds: 1001)
            // Moves the due jobs.
            _ = try await store.jobs.nextAvailability(of: "mail")
            store.setTimeOfDay(by: -1500)

            #expect(try await store.claimed(4) == jobs + [delayed.id])

            try await store.pass(milliseconds: 100_000)
            #expect(try await store.claimed(4) == jobs + [delayed.id])
        },
        StoreRequirement("a lease keeps its duration when the clock is set back") { store in
            let added = try await store.add()
            let started = try #require(try await store.start(timeout: 1000))
            try await store.pass(milliseconds: 500)
            store.setTimeOfDay(by: -3_600_000)

            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 499)
            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 1)
            let next = try #require(try await store.start())
            #expect(next.job.id == added.id)
            #expect(try #require(next.job.started) >= #require(started.job.lockedUntil))
        },
        StoreRequirement(
            "a lease is not longer when the clock is set back by less than the elapsed time"
        ) {
            store in
            try await store.add()
            _ = try await store.start(timeout: 60_000)
            try await store.pass(milliseconds: 31_000)
            store.setTimeOfDay(by: -30_000)

            try await store.pass(milliseconds: 29_000)
            #expect(try await store.start() != nil)
        },
        StoreRequirement("jobs keep the order of their creation when the clock is set back") {
            store in
            var jobs: [Job] = []
            for _ in 0..<3 {
                jobs.append(try await store.add())
                store.setTimeOfDay(by: -86_400_000)
                jobs.append(try await store.add())
                try await store.pass(milliseconds: 1)
            }

            #expect(jobs.map(\.created) == jobs.map(\.created).sorted())
            #expect(try await store.list().jobs == jobs)
            #expect(try await store.claimed(7) == jobs.map(\.id))
        },
        StoreRequirement("the time of day applies again when it has caught up") { store in
            let first = try await store.add()
            store.setTimeOfDay(by: -10_000)
            try await store.pass(milliseconds: 1000)
            let second = try await store.add()
            store.setTimeOfDay(by: 60_000)
            let third = try await store.add()

            #expect(second.created.milliseconds(since: first.created) == 1000)
            #expect(third.created.milliseconds(since: first.created) == 51_000)
        },
        StoreRequirement("a clock that is set forward and back loses nothing") { store in
            let delayed = try await store.add(delay: 3_600_000)
            let expiring = try await store.add(ttl: 3_600_000)
            let running = try await store.add()
            _ = try await store.jobs.start(Start(running.id, timeout: 60_000))
            for _ in 0..<3 {
                store.setTimeOfDay(by: 1_800_000)
                _ = try await store.jobs.nextAvailability(of: "mail")
                store.setTimeOfDay(by: -1_800_000)
            }

            // The lease has lapsed by the former clock, and the delay has not.
            let ids = [expiring.id, running.id].sorted()
            #expect(try await store.claimed(3).sorted() == ids)
            try await store.pass(milliseconds: 1_800_000)
            #expect(try await store.jobs.get(delayed.id) == delayed)
            #expect(try await store.claimed(3).contains(delayed.id))
        },
    ]
}
