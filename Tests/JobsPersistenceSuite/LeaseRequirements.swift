import JSON
import Jobs
import JobsEngine
import Testing

extension StoreRequirement {
    static let changing: [StoreRequirement] = [
        StoreRequirement("an extension counts from now, not from the end of the lease") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 60_000))

            let shorter = try #require(try await store.extend(started.job.id, timeout: 1000))
            let longer = try #require(try await store.extend(started.job.id, timeout: 90_000))

            let start = try #require(started.job.started)
            #expect(try #require(shorter.lockedUntil).milliseconds(since: start) < 60_000)
            #expect(try #require(longer.lockedUntil).milliseconds(since: start) >= 90_000)
            #expect(longer.started == started.job.started && longer.retries == 1)
            #expect(try await store.jobs.get(started.job.id) == longer)
        },
        StoreRequirement("an extended lease lasts") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 1000))
            _ = try await store.extend(started.job.id, timeout: 60_000)
            try await store.pass(milliseconds: 1100)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("a lapsed lease can be extended until the job is taken over") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 200))
            try await store.pass(milliseconds: 400)
            _ = try await store.extend(started.job.id, timeout: 60_000, started.lockToken)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("an extension to the past frees the job") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 60_000))
            _ = try await store.extend(started.job.id, timeout: -1)
            #expect(try await store.start()?.job.id == started.job.id)
        },
        StoreRequirement("without a lease an extension changes nothing") { store in
            let added = try await store.add()
            #expect(try await store.extend(added.id, timeout: 1000) == added)
            let completed = try #require(try await store.complete(added.id))
            #expect(try await store.extend(added.id, timeout: 1000) == completed)
            #expect(try await store.extend(JobID("unknown"), timeout: 1000) == nil)
        },
        StoreRequirement("an aborted job is claimable at once and keeps its count of starts") {
            store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 60_000))

            let aborted = try #require(try await store.abort(started.job.id))

            #expect(aborted.started == nil && aborted.lockedUntil == nil && aborted.retries == 1)
            #expect(try await store.jobs.get(started.job.id) == aborted)
            #expect(try await store.start()?.job.retries == 2)
        },
        StoreRequirement("an abort without a lease changes nothing, with or without a delay") {
            store in
            let delayed = try await store.add(delay: 600_000)
            #expect(try await store.abort(delayed.id) == delayed)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("an abort of a job that was started in its delay frees it at once") {
            store in
            let delayed = try await store.add(delay: 600_000)
            let started = try #require(
                try await store.jobs.start(Start(delayed.id, timeout: 60_000)))
            _ = try await store.abort(delayed.id, started.lockToken)
            #expect(try await store.start()?.job.id == delayed.id)
        },
        StoreRequirement("a completed job never changes") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 0))

            let completed = try #require(try await store.complete(started.job.id))

            #expect(completed.completed != nil && completed.started == nil)
            #expect(completed.lockedUntil == nil && completed.retries == 1)
            #expect(try await store.abort(started.job.id) == completed)
            #expect(try await store.complete(started.job.id) == completed)
            #expect(try await store.start() == nil)
            #expect(try await store.jobs.get(started.job.id) == completed)
        },
        StoreRequirement("a job can be completed without a start, and after its time") { store in
            let added = try await store.add(ttl: 200)
            try await store.pass(milliseconds: 400)
            #expect(try await store.complete(added.id)?.completed != nil)
        },
        StoreRequirement("changes of unknown jobs find nothing") { store in
            try await store.add()
            #expect(try await store.abort(JobID("unknown")) == nil)
            #expect(try await store.complete(JobID("unknown"), .random()) == nil)
            #expect(try await store.extend(JobID("unknown"), timeout: 1, .random()) == nil)
        },
        StoreRequirement("changes of many jobs have separate results, in order") { store in
            let first = try await store.add()
            let second = try await store.add()
            let token = try #require(try await store.jobs.start(Start(second.id, timeout: 60_000)))
                .lockToken
            let leases = [
                LeaseReference(id: JobID("unknown")),
                LeaseReference(id: second.id, lockToken: .random()),
                LeaseReference(id: second.id, lockToken: token), LeaseReference(id: first.id),
            ]

            let results = try await store.jobs.change(leases.map { JobChange($0, .complete) })

            #expect(results.count == 4)
            #expect(try results[0].get() == nil)
            #expect(results[1] == .failure(.lockLost(second.id)))
            #expect(try results[2].get()?.completed != nil)
            #expect(try results[3].get()?.id == first.id)
        },
        StoreRequirement("changes of different kinds are made one after the other") { store in
            try await store.add()
            let started = try #require(try await store.start())
            let other = try await store.add(refID: "2")
            let (id, token) = (started.job.id, started.lockToken)

            let results = try await store.jobs.change([
                JobChange(id, token, .extend(timeout: 90_000)), JobChange(id, token, .abort()),
                JobChange(other.id, .complete), JobChange(id, token, .extend(timeout: 1)),
            ])

            #expect(results.count == 4)
            #expect(try results[0].get()?.lockedUntil ?? .min > started.job.lockedUntil ?? .max)
            #expect(try results[1].get()?.started == nil)
            #expect(try results[2].get()?.completed != nil)
            #expect(try results[3].get()?.lockedUntil == nil)
            #expect(try await store.start()?.job.id == id)
        },
        StoreRequirement("a repeated release of a start has no effect") { store in
            try await store.add()
            let started = try #require(try await store.start())

            let once = try await store.jobs.change([.release(started)])
            let twice = try await store.jobs.change([.release(started)])

            for results in [once, twice] {
                #expect(try results.first?.get()?.retries == 0)
                #expect(try results.first?.get()?.started == nil)
            }
        },
    ]

    /// Several changes of one lease in one call.
    static let large: [StoreRequirement] = [
        StoreRequirement("of a batch of large jobs only the first are returned as a whole") {
            store in
            let controller = JobsController(persistence: store.jobs)
            let params = try JSONText("\"\(String(repeating: "x", count: 1 << 20))\"")
            let ids = try await controller.add(
                (0..<40).map { NewJob(type: "mail", refID: "\($0)", params: params) }
            ).map { try $0.get().id }

            for act in [Act.extend(timeout: 1000), .abort(), .complete] {
                let changed = try await controller.change(ids.map { JobChange($0, act) })
                    .map { try #require(try $0.get()) }

                #expect(changed.map(\.id) == ids)
                #expect(1...4 ~= changed.filter { $0.params != nil }.count)
                #expect(changed.filter(\.lacksBulk).allSatisfy { $0.params == nil })
                #expect(changed.filter { !$0.lacksBulk }.allSatisfy { $0.params == params })
                #expect(changed.allSatisfy { $0.isEnded == (act == .complete) })
            }
            #expect(try await controller.change(JobChange(ids[39], .complete))?.params == params)
        }
    ]

    static let repeating: [StoreRequirement] = [
        StoreRequirement("the last of several extensions with the token of the lease applies") {
            store in
            try await store.add()
            try await store.add(refID: "2")
            let started = try #require(try await store.start())
            let other = try #require(try await store.start())
            let owner = LeaseReference(id: started.job.id, lockToken: started.lockToken)
            let stranger = LeaseReference(id: started.job.id, lockToken: .random())

            let results = try await store.jobs.change([
                JobChange(stranger, .extend(timeout: 1)),
                JobChange(owner, .extend(timeout: 90_000)),
                JobChange(started.job.id, .extend(timeout: 80_000)),
                JobChange(other.job.id, .extend(timeout: 70_000)),
                JobChange(owner, .extend(timeout: 600_000)),
                JobChange(stranger, .extend(timeout: 2)),
            ])

            let lost = Result<Job?, JobsError>.failure(.lockLost(started.job.id))
            #expect(results[0] == lost && results[5] == lost)
            for (place, job) in [(1, started), (2, started), (3, other), (4, started)] {
                #expect(try results[place].get()?.id == job.job.id)
            }
            let extended = try #require(try await store.jobs.get(started.job.id))
            #expect(try results[4].get() == extended)
            let end = try #require(extended.lockedUntil)
            #expect(end.milliseconds(since: extended.created) >= 600_000)
        },
        StoreRequirement("the last of several extensions without a token applies") { store in
            try await store.add()
            let id = try #require(try await store.start()).job.id

            let results = try await store.jobs.change(
                [700_000, 1, 650_000].map {
                    JobChange(id, .extend(timeout: $0))
                })

            let extended = try #require(try await store.jobs.get(id))
            let end = try #require(extended.lockedUntil)
            #expect((640_000...690_000).contains(end.milliseconds(since: extended.created)))
            #expect(try results.map { try $0.get()?.id } == [id, id, id])
        },
        StoreRequirement("the first of several aborts with the token of the lease applies") {
            store in
            try await store.add()
            let started = try #require(try await store.start())
            let id = started.job.id
            let owner = LeaseReference(id: id, lockToken: started.lockToken)

            let results = try await store.jobs.change([
                JobChange(id, .random(), .abort(delay: 1)),
                JobChange(owner, .abort(delay: 600_000)),
                JobChange(id, .abort()), JobChange(owner, .abort()),
            ])

            #expect(results[0] == .failure(.lockLost(id)))
            let aborted = try #require(try await store.jobs.get(id))
            #expect(try results[1...].map { try $0.get() } == [aborted, aborted, aborted])
            let delayed = try #require(aborted.delayedUntil)
            #expect(delayed.milliseconds(since: aborted.created) >= 600_000)
            #expect(aborted.started == nil && aborted.lockedUntil == nil)
        },
        StoreRequirement("the first valid one of several completions applies") { store in
            try await store.add()
            try await store.add(refID: "2")
            let started = try #require(try await store.start())
            let other = try #require(try await store.start())
            let id = started.job.id
            let owner = LeaseReference(id: id, lockToken: started.lockToken)

            let results = try await store.jobs.change([
                JobChange(id, .random(), .complete), JobChange(owner, .complete),
                JobChange(JobID("none"), .complete), JobChange(id, .complete),
                JobChange(other.job.id, .complete), JobChange(owner, .complete),
            ])

            #expect(results[0] == .failure(.lockLost(id)))
            #expect(results[2] == .success(nil))
            let completed = try #require(try await store.jobs.get(id))
            #expect(completed.completed != nil)
            for place in [1, 3, 5] { #expect(try results[place].get() == completed) }
            #expect(try results[4].get()?.completed != nil)
        },
    ]
}
