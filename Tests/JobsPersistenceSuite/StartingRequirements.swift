import Jobs
import Testing

extension StoreRequirement {
    static let startingByID: [StoreRequirement] = [
        StoreRequirement("a start creates a lease and is counted") { store in
            let added = try await store.add(ttl: 100_000)

            let started = try #require(try await store.jobs.start(Start(added.id, timeout: 5000)))

            let start = try #require(started.job.started)
            #expect(started.job.lockedUntil?.milliseconds(since: start) == 5000)
            #expect(start >= added.created)
            #expect(started.job.retries == 1)
            #expect(started.lockToken.description.utf8.count >= 24)
            #expect(try await store.jobs.get(added.id) == started.job)
        },
        StoreRequirement("a job under a live lease is not started, and does not change") { store in
            let added = try await store.add()
            let started = try await store.jobs.start(Start(added.id, timeout: 60_000))

            #expect(try await store.jobs.start(Start(added.id, timeout: 60_000)) == nil)
            #expect(try await store.jobs.get(added.id) == started?.job)
        },
        StoreRequirement("a lapsed lease can be taken over, with another token") { store in
            let added = try await store.add()
            let first = try #require(try await store.jobs.start(Start(added.id, timeout: 400)))
            try await store.pass(milliseconds: 600)

            let second = try #require(try await store.jobs.start(Start(added.id, timeout: 60_000)))

            #expect(second.job.retries == 2)
            #expect(second.lockToken != first.lockToken)
        },
        StoreRequirement("a timeout of 0 or less yields a lease that has already lapsed") { store in
            let added = try await store.add()
            for (count, timeout) in [0, -1, -60_000, Int64.min].enumerated() {
                let started = try #require(
                    try await store.jobs.start(Start(added.id, timeout: timeout)))
                #expect(started.job.retries == count + 1)
                #expect(started.job.lockedUntil != nil)
            }
        },
        StoreRequirement("a huge timeout is clamped and locks") { store in
            let added = try await store.add()
            let started = try #require(try await store.jobs.start(Start(added.id, timeout: .max)))
            #expect(started.job.lockedUntil == .max)
            #expect(try await store.jobs.start(Start(added.id, timeout: 1)) == nil)
            #expect(try await store.jobs.get(added.id) == started.job)
        },
        StoreRequirement("completed, expired and unknown jobs are not started") { store in
            let completed = try await store.add()
            _ = try await store.complete(completed.id)
            let expired = try await store.add(ttl: 400)
            try await store.pass(milliseconds: 600)

            #expect(try await store.jobs.start(Start(completed.id, timeout: 1000)) == nil)
            #expect(try await store.jobs.start(Start(expired.id, timeout: 1000)) == nil)
            #expect(try await store.jobs.start(Start(JobID("unknown"), timeout: 1000)) == nil)
            #expect(try await store.jobs.get(expired.id) == expired)
        },
        StoreRequirement("by id there is no limit of attempts, and a delay is ignored") {
            store in
            let added = try await store.add(delay: 60_000)
            for _ in 0..<15 {
                #expect(try await store.jobs.start(Start(added.id, timeout: 0)) != nil)
            }
        },
    ]

    static let claiming: [StoreRequirement] = [
        StoreRequirement("by type a job is handed out once") { store in
            let added = try await store.add()

            let started = try await store.start(timeout: 5000)

            #expect(started?.job.id == added.id)
            #expect(started?.job.retries == 1)
            #expect(try await store.start() == nil)
            #expect(try await store.jobs.get(added.id) == started?.job)
        },
        StoreRequirement("only jobs of exactly that type are handed out") { store in
            try await store.add(type: "mail")
            try await store.add(type: "caf\u{E9}")
            for type in ["Mail", "mai", "mails", "", "cafe\u{301}", "$mail", "m.*"] {
                #expect(try await store.start(type: type) == nil)
            }
            #expect(try await store.start(type: "caf\u{E9}") != nil)
        },
        StoreRequirement("a lapsed lease makes a job claimable again") { store in
            let added = try await store.add()
            #expect(try await store.start(timeout: 400) != nil)
            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 600)

            let again = try await store.start()

            #expect(again?.job.id == added.id && again?.job.retries == 2)
        },
        StoreRequirement("a delayed job is handed out after its delay") { store in
            let added = try await store.add(delay: 2000)
            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 2200)
            #expect(try await store.start()?.job.id == added.id)
        },
        StoreRequirement("an expired job is never handed out and does not hide others") { store in
            for _ in 0..<5 { try await store.add(ttl: 400) }
            let last = try await store.add()
            try await store.pass(milliseconds: 600)

            #expect(try await store.claimed(3) == [last.id])
        },
        StoreRequirement("an exhausted job is handed out only to claims with a higher limit") {
            store in
            let added = try await store.add()
            let other = try await store.add()
            for _ in 0..<3 { _ = try await store.jobs.start(Start(added.id, timeout: 0)) }

            #expect(try await store.start(maxRetries: 3)?.job.id == other.id)
            #expect(try await store.start(maxRetries: 3) == nil)
            #expect(try await store.start(maxRetries: 4)?.job.retries == 4)
        },
        StoreRequirement("a claim with a limit of 0 or less gets no job") { store in
            try await store.add()
            #expect(try await store.start(maxRetries: 0) == nil)
            #expect(try await store.start(maxRetries: -5) == nil)
            #expect(try await store.start(maxRetries: 1) != nil)
        },
        StoreRequirement("a batch claim starts jobs up to its limit, each with its own token") {
            store in
            var added: [JobID] = []
            for _ in 0..<5 { added.append(try await store.add().id) }

            let first = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 3))
            let rest = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 3))

            #expect((first + rest).map(\.job.id) == added)
            #expect(Set((first + rest).map(\.lockToken)).count == 5)
            #expect(
                try await store.jobs.claim(
                    Claim(type: "mail", timeout: 1, maxRetries: 10, limit: 3)
                )
                .isEmpty)
        },
        StoreRequirement("a lease that lapses at once is not claimed again by the same claim") {
            store in
            let added = try await store.add()
            let started = try await store.jobs.claim(
                Claim(type: "mail", timeout: 0, maxRetries: 10, limit: 5))
            #expect(started.map(\.job.id) == [added.id])
        },
    ]

    static let claimOrder: [StoreRequirement] = [
        StoreRequirement("the oldest job goes first") { store in
            var added: [JobID] = []
            for _ in 0..<10 { added.append(try await store.add().id) }
            #expect(try await store.claimed(10) == added)
        },
        StoreRequirement("higher priority goes first, then age") { store in
            let low = try await store.add(priority: -1)
            let normal = [try await store.add().id, try await store.add().id]
            let high = [try await store.add(priority: 7).id, try await store.add(priority: 7).id]
            #expect(try await store.claimed(5) == high + normal + [low.id])
        },
        StoreRequirement("priority does not make a delayed or a leased job ready") { store in
            try await store.add(priority: 9, delay: 60_000)
            _ = try await store.jobs.start(
                Start(try await store.add(priority: 8).id, timeout: 60_000))
            let ready = try await store.add()
            #expect(try await store.claimed(3) == [ready.id])
        },
        StoreRequirement("the job that became available earlier goes first") { store in
            let lapsed = try await store.add()
            #expect(try await store.start(timeout: 800)?.job.id == lapsed.id)
            let delayed = try await store.add(delay: 400)
            let plain = try await store.add()
            try await store.pass(milliseconds: 1200)
            #expect(try await store.claimed(3) == [plain.id, delayed.id, lapsed.id])
        },
        StoreRequirement("an aborted job returns to its former place") { store in
            let first = try await store.add()
            try await store.pass(milliseconds: 5)
            let second = try await store.add()
            _ = try await store.start()
            _ = try await store.abort(first.id)
            #expect(try await store.claimed(2) == [first.id, second.id])
        },
    ]
}
