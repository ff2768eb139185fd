import JSON
import Jobs
import Testing

extension StoreRequirement {
    static let failing: [StoreRequirement] = [
        StoreRequirement("a failed attempt says why, and the job comes back after the delay") {
            store in
            try await store.add()
            let started = try #require(try await store.start())
            let error = AttemptError(
                type: "Timeout", message: "no answer", details: try JSONText(#"{"$a": [1e400]}"#))

            let failed = try #require(
                try await store.act(.fail(Failure(error: error, delay: 300)), started))

            #expect(failed.error == error && failed.failed == nil)
            #expect(failed.started == nil && failed.lockedUntil == nil && failed.retries == 1)
            let attempt = try #require(failed.attempts.first)
            #expect(attempt.number == 1 && attempt.outcome == .failed && attempt.delay == 300)
            #expect(attempt.error == error && attempt.reason == nil)
            #expect(failed.delayedUntil == attempt.ended.advanced(by: 300))
            #expect(try await store.start() == nil)
            try await store.pass(milliseconds: 400)
            #expect(try await store.start()?.job.retries == 2)
        },
        StoreRequirement("a failure is recorded once, however often it is reported") { store in
            try await store.add()
            let started = try #require(try await store.start())
            let failure = Act.fail(Failure(error: AttemptError(type: "E"), delay: 600_000))

            let first = try await store.act(failure, started)
            #expect(try await store.act(failure, started) == first)
            #expect(try await store.jobs.get(started.job.id)?.attempts.count == 1)
        },
        StoreRequirement("the delay grows by the policy of the job, else by that of the failure") {
            store in
            let own = RetryPolicy(backoff: .linear, delay: 100_000, maxDelay: 250_000, jitter: 0)
            var failure = Failure()
            failure.policy = RetryPolicy(backoff: .exponential, delay: 70_000, jitter: 0.5)
            failure.chance = -0.5
            for (policy, delays) in [
                (own, [100_000, 200_000, 250_000] as [Int64]), (nil, [52_500, 105_000, 210_000]),
            ] {
                let new = NewJob(type: "mail", refID: "1", retry: policy)
                let id = try #require(try await store.jobs.add([new]).first).get().id
                for delay in delays {
                    let started = try #require(
                        try await store.jobs.start(Start(id, timeout: 60_000)))
                    let failed = try await store.act(.fail(failure), started)
                    #expect(failed?.attempts.last?.delay == delay)
                }
                #expect(try await store.jobs.get(id)?.retry == policy)
                _ = try await store.jobs.delete(id)
            }
        },
        StoreRequirement("a job fails for good at its limit of starts") { store in
            let new = NewJob(type: "mail", refID: "1", maxRetries: 2)
            _ = try await store.jobs.add([new])
            // The limit of the claim and that of the failure are for jobs without their own.
            for limit in [1, 1] {
                let started = try #require(try await store.start(maxRetries: limit))
                var failure = Failure(delay: 0)
                failure.maxRetries = 1
                let failed = try #require(try await store.act(.fail(failure), started))
                #expect((failed.failed != nil) == (failed.retries == 2))
            }
            let dead = try #require(try await store.list().jobs.first)
            #expect(dead.attempts.map(\.reason) == [nil, .limit])
            #expect(try await store.start(maxRetries: 100) == nil)
        },
        StoreRequirement("a job without an own limit fails for good at that of the failure") {
            store in
            try await store.add()
            let started = try #require(try await store.start())
            var failure = Failure()
            failure.maxRetries = 1
            let failed = try await store.act(.fail(failure), started)
            #expect(failed?.failed != nil && failed?.attempts.last?.reason == .limit)
        },
        StoreRequirement("a job fails for good if its deadline is before the next attempt") {
            store in
            try await store.add(ttl: 60_000)
            let started = try #require(try await store.start())
            let failed = try await store.act(.fail(Failure(delay: 70_000)), started)
            #expect(failed?.failed != nil && failed?.attempts.last?.reason == .deadline)
            #expect(failed?.attempts.last?.delay == nil)
        },
        StoreRequirement("a failure without an error removes the one before") { store in
            try await store.add()
            for type in ["E", nil] {
                let started = try #require(try await store.start())
                let error = type.map { AttemptError(type: $0) }
                let failed = try await store.act(.fail(Failure(error: error, delay: 0)), started)
                #expect(failed?.error == error)
            }
        },
        StoreRequirement("the last ten attempts are kept") { store in
            let id = try await store.add().id
            for _ in 0..<13 {
                let started = try #require(try await store.jobs.start(Start(id, timeout: 60_000)))
                _ = try await store.act(.fail(Failure(delay: 0)), started)
            }
            let job = try #require(try await store.jobs.get(id))
            #expect(job.attempts.map(\.number) == Array(4...13))
        },
        StoreRequirement("a failed job frees its unique key, and takes it again when replayed") {
            store in
            let new = NewJob(type: "mail", refID: "1")
            let first = try await store.jobs.addUnique(new)
            let started = try #require(try await store.start())
            _ = try await store.act(.fail(Failure(retry: false)), started)

            let second = try await store.jobs.addUnique(new)
            #expect(second.id != first.id)
            #expect(
                try await store.jobs.change([JobChange(first.id, .replay(Replay()))])
                    == [.failure(.notReplayed(first.id, isKeyTaken: true))])
            #expect(try await store.jobs.get(first.id)?.failed != nil)

            _ = try await store.complete(second.id)
            let replayed = try #require(
                try await store.jobs.change([JobChange(first.id, .replay(Replay()))]).first)
            #expect(try replayed.get()?.failed == nil)
            #expect(try await store.jobs.addUnique(new).id == first.id)
        },
        StoreRequirement("an expired job does not keep the key of a unique one that is replayed") {
            store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
            _ = try await store.jobs.change([JobChange(first.id, .cancel)])
            let second = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1", ttl: 100))
            try await store.pass(milliseconds: 200)

            let replayed = try #require(
                try await store.jobs.change([JobChange(first.id, .replay(Replay()))]).first)
            #expect(try replayed.get()?.cancelled == nil)
            // Now the other one has to do without the key.
            #expect(
                try await store.jobs.change([JobChange(second.id, .replay(Replay(ttl: 1000)))])
                    == [.failure(.notReplayed(second.id, isKeyTaken: true))])
        },
    ]
}
