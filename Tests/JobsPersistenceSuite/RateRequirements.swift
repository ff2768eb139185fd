import Jobs
import Testing

extension StoreRequirement {
    static let rates: [StoreRequirement] = [
        StoreRequirement("no more jobs are started in a time than its limit") { store in
            let limits = try await store.limit(
                TypeLimits(maxStarts: StartRate(count: 3, period: 2000)))
            for _ in 0..<10 { try await store.add() }

            let first = try await store.claim(limits, count: 5)
            let second = try await store.claim(limits)
            // The end of a lease is no new room.
            _ = try await store.complete(try #require(first.first).job.id)
            let third = try await store.claim(limits)
            try await store.pass(milliseconds: 2050)
            let fourth = try await store.claim(limits, count: 5)
            let fifth = try await store.claim(limits)

            #expect([first, second, third, fourth, fifth].map(\.count) == [3, 0, 0, 3, 0])
        },
        StoreRequirement("room comes back start by start") { store in
            let limits = try await store.limit(
                TypeLimits(maxStarts: StartRate(count: 2, period: 3000)))
            for _ in 0..<10 { try await store.add() }
            #expect(try await store.claim(limits).count == 1)
            try await store.pass(milliseconds: 1500)
            #expect(try await store.claim(limits, count: 5).count == 1)

            try await store.pass(milliseconds: 1600)

            #expect(try await store.claim(limits, count: 5).count == 1)
        },
        StoreRequirement("a start by id counts as one of a time, and is not refused") { store in
            let limits = try await store.limit(
                TypeLimits(maxStarts: StartRate(count: 2, period: 60_000)))
            var ids: [JobID] = []
            for _ in 0..<4 { ids.append(try await store.add().id) }
            #expect(try await store.start(limits, ids[3]) != nil)

            #expect(try await store.claim(limits, count: 3).map(\.job.id) == [ids[0]])
            #expect(try await store.start(limits, ids[2]) != nil)
            #expect(try await store.start(limits, ids[2]) == nil)
            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a start that is taken back does not count") { store in
            let limits = try await store.limit(
                TypeLimits(maxStarts: StartRate(count: 1, period: 60_000)))
            for _ in 0..<3 { try await store.add() }
            let first = try #require(try await store.claim(limits).first)
            #expect(try await store.claim(limits).isEmpty)

            for _ in 0..<2 { try await store.jobs.release([first]) }

            #expect(try await store.claim(limits, count: 3).map(\.job.id) == [first.job.id])
            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a start that was ended otherwise still counts") { store in
            let limits = try await store.limit(
                TypeLimits(maxStarts: StartRate(count: 1, period: 60_000)))
            for _ in 0..<3 { try await store.add() }
            let first = try #require(try await store.claim(limits).first)
            _ = try await store.act(.abort(), first)

            try await store.jobs.release([first])

            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a limit of starts, of leases and of groups hold together") { store in
            let limits = try await store.limit(
                TypeLimits(
                    maxRunning: 3, maxRunningPerGroup: 1,
                    maxStarts: StartRate(count: 4, period: 60_000)))
            for group in ["a", "a", "b", "c", "d", "e"] { try await store.add(group: group) }

            let first = try await store.claim(limits, count: 10)
            for started in first { _ = try await store.act(.complete, started) }
            let second = try await store.claim(limits, count: 10)

            #expect(first.map(\.job.group) == ["a", "b", "c"])
            #expect(second.map(\.job.group) == ["a"])
        },
    ]
}
