import Jobs
import Testing

extension StoreRequirement {
    static let replaying: [StoreRequirement] = [
        StoreRequirement("a replayed job has its history and as many starts as before") { store in
            let new = NewJob(type: "mail", refID: "1", maxRetries: 2)
            let id = try #require(try await store.jobs.add([new]).first).get().id
            for round in 1...3 {
                for _ in 1...2 {
                    let started = try #require(try await store.start())
                    _ = try await store.act(.fail(Failure(delay: 0)), started)
                }
                let dead = try #require(try await store.jobs.get(id))
                #expect(dead.failed != nil && dead.retries == 2 * round)
                let replayed = try await store.jobs.change([JobChange(id, .replay(Replay()))])
                let job = try #require(try replayed[0].get())
                #expect(job.failed == nil && job.maxRetries == 2 * round + 2)
                #expect(job.attempts == dead.attempts && job.error == dead.error)
                #expect(try await store.jobs.get(id) == job)
            }
        },
        StoreRequirement("the number of failures in the policy begins again with a replay") {
            store in
            let policy = RetryPolicy(backoff: .exponential, delay: 100_000, jitter: 0)
            let new = NewJob(type: "mail", refID: "1", retry: policy)
            let id = try #require(try await store.jobs.add([new]).first).get().id
            for delay in [100_000, 200_000, 400_000, nil, 100_000] as [Int64?] {
                guard let delay else {
                    _ = try await store.jobs.change([JobChange(id, .cancel)])
                    var replay = Replay()
                    replay.maxRetries = 10
                    _ = try await store.jobs.change([JobChange(id, .replay(replay))])[0].get()
                    continue
                }
                let started = try #require(try await store.jobs.start(Start(id, timeout: 60_000)))
                let failed = try await store.act(.fail(Failure()), started)
                #expect(failed?.attempts.last?.delay == delay)
            }
        },
        StoreRequirement("a token from before a replay is lost") { store in
            try await store.add()
            let started = try #require(try await store.start())
            _ = try await store.act(.fail(Failure(retry: false)), started)
            _ = try await store.jobs.change([JobChange(started.job.id, .replay(Replay()))])
            await #expect(throws: JobsError.lockLost(started.job.id)) {
                try await store.complete(started.job.id, started.lockToken)
            }
        },
        StoreRequirement("a replay can delay a job and move its deadline") { store in
            let id = try await store.add(ttl: 100).id
            try await store.pass(milliseconds: 200)
            let changes = [
                JobChange(id, .replay(Replay(delay: 600_000, ttl: 900_000))),
                JobChange(JobID("unknown"), .replay(Replay())),
            ]
            let results = try await store.jobs.change(changes)
            let job = try #require(try results[0].get())
            let delayed = try #require(job.delayedUntil)
            #expect(job.executeUntil == delayed.advanced(by: 300_000))
            #expect(try results[1].get() == nil)
            #expect(try await store.start() == nil)
            #expect(try await store.jobs.start(Start(id, timeout: 60_000)) != nil)
        },
        StoreRequirement("a replayed job can be claimed, before younger ones") { store in
            let id = try await store.add().id
            try await store.pass(milliseconds: 5)
            try await store.add(refID: "2")
            _ = try await store.jobs.change([JobChange(id, .cancel)])
            #expect(try await store.start()?.job.id != id)
            try await store.add(refID: "3")
            _ = try await store.jobs.change([JobChange(id, .replay(Replay()))])
            #expect(try await store.start()?.job.id == id)
        },
    ]
}
