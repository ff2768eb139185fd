import Jobs
import Testing

extension StoreRequirement {
    static let cancelling: [StoreRequirement] = [
        StoreRequirement("a running job is cancelled when its lease ends") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 60_000))
            let asked = try #require(
                try await store.jobs.change([JobChange(started.job.id, .cancel)]).first?.get())
            #expect(asked.cancelRequested != nil && asked.cancelled == nil)
            #expect(asked.lockedUntil == started.job.lockedUntil)

            let extended = try await store.extend(
                started.job.id, timeout: 60_000, started.lockToken)
            #expect(extended?.cancelRequested == asked.cancelRequested)

            let error = AttemptError(message: "stopped")
            let cancelled = try #require(
                try await store.act(.fail(Failure(error: error)), started))
            #expect(cancelled.cancelled != nil && cancelled.failed == nil)
            #expect(cancelled.attempts.last?.outcome == .cancelled)
            #expect(cancelled.attempts.last?.error == error)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("a lapse that cancels a job does so at the end of the lease") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 200))
            _ = try await store.jobs.change([JobChange(started.job.id, .cancel)])
            try await store.pass(milliseconds: 400)

            #expect(try await store.start() == nil)
            let now = try await store.jobs.now()
            let job = try #require(try await store.jobs.get(started.job.id))
            #expect(job.cancellation(at: now) == started.job.lockedUntil)
            #expect(try await store.complete(started.job.id, started.lockToken)?.completed == nil)
            #expect(try await store.jobs.start(Start(job.id, timeout: 1)) == nil)
            // The key is free as well.
            let other = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
            #expect(other.id != job.id)
        },
        StoreRequirement("a claim goes on past jobs whose cancellation has taken effect") { store in
            for _ in 0..<5 {
                let id = try await store.add().id
                _ = try await store.jobs.start(Start(id, timeout: 60_000))
                _ = try await store.jobs.change([
                    JobChange(id, .cancel), JobChange(id, .extend(timeout: 0)),
                ])
            }
            let last = try await store.add(refID: "last")
            #expect(try await store.start()?.job.id == last.id)
            #expect(try await store.start() == nil)
            #expect(try await store.list { $0.state = .cancelled }.jobs.count == 5)
        },
        StoreRequirement("of concurrent cancellations one counts") { store in
            try await store.add()
            let id = try #require(try await store.start()).job.id
            let jobs = try await store.concurrently(10) { instance, _ in
                try await instance.change([JobChange(id, .cancel)])[0].get()
            }
            #expect(Set(jobs.map { $0?.cancelRequested }).count == 1)
        },
    ]
}
