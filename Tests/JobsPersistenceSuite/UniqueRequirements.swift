import Jobs
import Testing

extension StoreRequirement {
    static let unique: [StoreRequirement] = [
        StoreRequirement("a unique job is added once and then returned unchanged") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7", ttl: 1000))
            let second = try await store.jobs.addUnique(
                NewJob(type: "mail", refID: "7", priority: 5))

            #expect(second == first)
            #expect(try await store.list().jobs == [first])
        },
        StoreRequirement("a job that was not added as unique blocks a unique one") { store in
            let added = try await store.add(refID: "7")
            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")) == added)
        },
        StoreRequirement("the oldest of several equal jobs is returned") { store in
            let oldest = try await store.add(refID: "7")
            try await store.add(refID: "7")
            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")) == oldest)
        },
        StoreRequirement("another type or reference does not block") { store in
            let first = try await store.add(type: "a", refID: "7")
            let second = try await store.jobs.addUnique(NewJob(type: "b", refID: "7"))
            let third = try await store.jobs.addUnique(NewJob(type: "a", refID: "8"))
            #expect(Set([first.id, second.id, third.id]).count == 3)
        },
        StoreRequirement("texts that only look the same do not block each other") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "\u{E9}"))
            let second = try await store.jobs.addUnique(NewJob(type: "mail", refID: "e\u{301}"))
            #expect(first.id != second.id)
        },
        StoreRequirement("a started job blocks and is returned unchanged") { store in
            let added = try await store.add(refID: "7")
            let started = try #require(try await store.start())

            let unique = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))

            #expect(unique == started.job)
            #expect(unique.id == added.id)
        },
        StoreRequirement("a completed job does not block") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))
            _ = try await store.complete(first.id)

            let second = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))
            let third = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))

            #expect(second.id != first.id)
            #expect(third == second)
        },
        StoreRequirement("a deleted job does not block") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))
            _ = try await store.jobs.delete(first.id)
            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")).id != first.id)
        },
        StoreRequirement("an aborted job blocks") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))
            _ = try await store.start()
            _ = try await store.abort(first.id)
            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")).id == first.id)
        },
        StoreRequirement("an expired job does not block") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7", ttl: 400))
            try await store.pass(milliseconds: 600)

            let second = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))
            let third = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7"))

            #expect(second.id != first.id)
            #expect(third == second)
        },
        StoreRequirement("an expired job blocks while its lease is live") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7", ttl: 1000))
            #expect(try await store.start(timeout: 60_000) != nil)
            try await store.pass(milliseconds: 1100)
            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")).id == first.id)
        },
        StoreRequirement("an expired job blocks again when its lease is extended") { store in
            let first = try await store.jobs.addUnique(NewJob(type: "mail", refID: "7", ttl: 1000))
            let started = try #require(try await store.start(timeout: 100))
            try await store.pass(milliseconds: 1100)
            _ = try await store.jobs.addUnique(NewJob(type: "mail", refID: "8"))
            _ = try await store.extend(first.id, timeout: 60_000, started.lockToken)

            #expect(try await store.jobs.addUnique(NewJob(type: "mail", refID: "7")).id == first.id)
        },
    ]
}
