import Jobs
import Testing

extension StoreRequirement {
    /// Aborts with a delay.
    static let givingBack: [StoreRequirement] = [
        StoreRequirement("a job aborted with a delay is claimable after the delay") { store in
            try await store.add()
            let started = try #require(try await store.start())

            let aborted = try #require(
                try await store.abort(started.job.id, started.lockToken, delay: 800))

            #expect(aborted.started == nil && aborted.lockedUntil == nil && aborted.retries == 1)
            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 900)
            let again = try #require(try await store.start())
            #expect(again.job.id == started.job.id && again.job.retries == 2)
        },
        StoreRequirement("the end of its delay is counted from the abort") { store in
            try await store.add(delay: 1)
            try await store.pass(milliseconds: 2)
            let started = try #require(try await store.start())

            let aborted = try #require(try await store.abort(started.job.id, delay: 60_000))

            let delayed = try #require(aborted.delayedUntil)
            let wait = delayed.milliseconds(since: try #require(started.job.started))
            #expect(wait >= 60_000 && wait < 120_000)
            #expect(try await store.jobs.get(started.job.id) == aborted)
        },
        StoreRequirement("it can be started by id, like any delayed job") { store in
            try await store.add()
            let id = try #require(try await store.start()).job.id
            _ = try await store.abort(id, delay: 600_000)
            #expect(try await store.jobs.start(Start(id, timeout: 60_000))?.job.retries == 2)
        },
        StoreRequirement("an abort without a delay ends an earlier one") { store in
            try await store.add()
            let id = try #require(try await store.start()).job.id
            _ = try await store.abort(id, delay: 600_000)
            _ = try await store.jobs.start(Start(id, timeout: 60_000))

            let aborted = try #require(try await store.abort(id))

            let again = try #require(try await store.start())
            #expect(again.job.id == id)
            #expect(
                try #require(aborted.delayedUntil).milliseconds
                    <= (again.job.started?.milliseconds ?? 0))
        },
        StoreRequirement("a lapsed lease makes it claimable before the end of an earlier delay") {
            store in
            try await store.add()
            let id = try #require(try await store.start()).job.id
            _ = try await store.abort(id, delay: 600_000)
            _ = try await store.jobs.start(Start(id, timeout: 200))
            try await store.pass(milliseconds: 400)
            #expect(try await store.start()?.job.id == id)
        },
        StoreRequirement("a delay of 0 or less counts as none") { store in
            for delay: Int64 in [0, -1, .min] {
                let added = try await store.add()
                let started = try #require(try await store.start())
                let aborted = try await store.abort(added.id, started.lockToken, delay: delay)
                #expect(aborted?.delayedUntil == nil)
                #expect(try await store.start()?.job.id == added.id)
            }
        },
        StoreRequirement("the longest delay is clamped to the last date") { store in
            try await store.add()
            let id = try #require(try await store.start()).job.id
            #expect(try await store.abort(id, delay: .max)?.delayedUntil == .max)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("a repeated abort with the same token does not delay the job again") {
            store in
            try await store.add()
            let started = try #require(try await store.start())
            let first = try await store.abort(started.job.id, started.lockToken, delay: 60_000)
            try await store.pass(milliseconds: 5)
            let second = try await store.abort(started.job.id, started.lockToken, delay: 90_000)
            #expect(second == first)
        },
        StoreRequirement("a lost token delays nothing") { store in
            try await store.add()
            let lost = try #require(try await store.start(timeout: 0))
            let owner = try #require(try await store.start())
            await #expect(throws: JobsError.lockLost(owner.job.id)) {
                try await store.abort(owner.job.id, lost.lockToken, delay: 60_000)
            }
            #expect(try await store.jobs.get(owner.job.id) == owner.job)
        },
        StoreRequirement("an abort does not delay a job without a lease or a completed job") {
            store in
            let ready = try await store.add()
            #expect(try await store.abort(ready.id, delay: 60_000) == ready)
            let completed = try #require(try await store.complete(ready.id))
            #expect(try await store.abort(ready.id, delay: 60_000) == completed)
            #expect(try await store.jobs.get(ready.id) == completed)
        },
        StoreRequirement("its place in the order is the end of its delay") { store in
            let first = try await store.add()
            _ = try #require(try await store.start())
            _ = try await store.abort(first.id, delay: 400)
            let second = try await store.add()
            try await store.pass(milliseconds: 500)
            let third = try await store.add()
            #expect(try await store.claimed(3) == [second.id, first.id, third.id])
        },
        StoreRequirement("the jobs of a batch are aborted with separate delays") { store in
            for _ in 0..<3 { try await store.add() }
            let started = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 3))
            let delays: [Int64?] = [60_000, nil, 600_000]

            let results = try await store.jobs.change(
                zip(started, delays).map { started, delay in
                    JobChange(started.job.id, started.lockToken, .abort(delay: delay))
                })

            let jobs = try results.map { try #require(try $0.get()) }
            #expect(jobs.map(\.id) == started.map(\.job.id))
            #expect(jobs.map { $0.delayedUntil == nil } == [false, true, false])
            #expect(try await store.claimed(3) == [started[1].job.id])
        },
        StoreRequirement("a delayed job can expire and can be completed") { store in
            let expiring = try await store.add(ttl: 300)
            let kept = try await store.add()
            for _ in 0..<2 {
                let id = try #require(try await store.start()).job.id
                _ = try await store.abort(id, delay: 600)
            }
            #expect(try await store.complete(kept.id)?.completed != nil)
            try await store.pass(milliseconds: 700)
            #expect(try await store.start() == nil)
            #expect(try await store.jobs.start(Start(expiring.id, timeout: 1000)) == nil)
        },
    ]
}
