import Jobs
import Testing

extension StoreRequirement {
    static let fencing: [StoreRequirement] = [
        StoreRequirement("the token of the lease holder extends and completes") { store in
            try await store.add()
            let started = try #require(try await store.start())
            #expect(
                try await store.extend(started.job.id, timeout: 90_000, started.lockToken) != nil)
            #expect(try await store.complete(started.job.id, started.lockToken)?.completed != nil)
        },
        StoreRequirement("a token of a lease that was taken over changes nothing") { store in
            try await store.add()
            let lost = try #require(try await store.start(timeout: 0))
            let owner = try #require(try await store.start(timeout: 60_000))
            let id = owner.job.id

            await #expect(throws: JobsError.lockLost(id)) {
                try await store.extend(id, timeout: 1, lost.lockToken)
            }
            await #expect(throws: JobsError.lockLost(id)) {
                try await store.abort(id, lost.lockToken)
            }
            await #expect(throws: JobsError.lockLost(id)) {
                try await store.complete(id, lost.lockToken)
            }
            #expect(try await store.jobs.get(id) == owner.job)
        },
        StoreRequirement("an unknown token is refused, also without a lease") { store in
            let added = try await store.add()
            for token in [LockToken.random(), LockToken(""), LockToken("x"), LockToken("null")] {
                await #expect(throws: JobsError.lockLost(added.id)) {
                    try await store.complete(added.id, token)
                }
            }
            #expect(try await store.jobs.get(added.id) == added)
        },
        StoreRequirement("a job can be completed after its lease has lapsed") { store in
            try await store.add()
            let started = try #require(try await store.start(timeout: 200))
            try await store.pass(milliseconds: 400)
            #expect(try await store.complete(started.job.id, started.lockToken)?.completed != nil)
        },
        StoreRequirement("a repeated completion with its token has the same result") { store in
            try await store.add()
            let started = try #require(try await store.start())
            let first = try await store.complete(started.job.id, started.lockToken)
            try await store.pass(milliseconds: 5)
            #expect(try await store.complete(started.job.id, started.lockToken) == first)
        },
        StoreRequirement("a repeated abort with its token has the same result") { store in
            try await store.add()
            let started = try #require(try await store.start())
            let first = try await store.abort(started.job.id, started.lockToken)
            #expect(try await store.abort(started.job.id, started.lockToken) == first)
        },
        StoreRequirement("the token of an aborted lease is lost when the job is started again") {
            store in
            try await store.add()
            let first = try #require(try await store.start())
            _ = try await store.abort(first.job.id, first.lockToken)
            _ = try await store.start()
            await #expect(throws: JobsError.lockLost(first.job.id)) {
                try await store.abort(first.job.id, first.lockToken)
            }
        },
        StoreRequirement("a completed job refuses other tokens") { store in
            try await store.add()
            let started = try #require(try await store.start())
            _ = try await store.complete(started.job.id, started.lockToken)
            await #expect(throws: JobsError.lockLost(started.job.id)) {
                try await store.complete(started.job.id, .random())
            }
        },
        StoreRequirement("changes without a token skip the fencing check") { store in
            try await store.add()
            let started = try #require(try await store.start())
            #expect(try await store.extend(started.job.id, timeout: 1000) != nil)
            #expect(try await store.abort(started.job.id)?.started == nil)
            _ = try await store.start()
            #expect(try await store.complete(started.job.id)?.completed != nil)
        },
    ]
}
