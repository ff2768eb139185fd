import Jobs
import Synchronization
import Testing

extension StoreRequirement {
    static let removing: [StoreRequirement] = [
        StoreRequirement("a deleted job is returned unchanged, once") { store in
            let added = try await store.add()
            let started = try #require(try await store.start())

            #expect(try await store.jobs.delete(added.id) == started.job)
            #expect(try await store.jobs.delete(added.id) == nil)
            #expect(try await store.jobs.get(added.id) == nil)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("ready, delayed and completed jobs can be deleted") { store in
            let ready = try await store.add()
            let delayed = try await store.add(delay: 60_000)
            let completed = try await store.add()
            _ = try await store.complete(completed.id)
            for id in [ready.id, delayed.id, completed.id] {
                #expect(try await store.jobs.delete(id)?.id == id)
            }
            #expect(try await store.list().jobs.isEmpty)
        },
        StoreRequirement("deleting all jobs leaves a store that works") { store in
            for _ in 0..<10 { try await store.add() }
            _ = try await store.start()

            #expect(try await store.jobs.deleteAll() == 10)

            #expect(try await store.list().jobs.isEmpty)
            #expect(try await store.jobs.deleteAll() == 0)
            #expect(try await store.start() == nil)
            let added = try await store.add()
            #expect(try await store.start()?.job.id == added.id)
        },
        StoreRequirement("deleting all jobs does not remove jobs that are added later") {
            store in
            let other = store.instances[store.instances.count - 1]
            for _ in 0..<3 {
                _ = try await store.jobs.add(
                    (0..<1000).map { NewJob(type: "mail", refID: "\($0)") })
            }
            let removal = Task { try await store.jobs.deleteAll() }
            let isOver = Mutex(false)
            let added = Task {
                var added: [JobID] = []
                repeat {
                    added += try await other.add([NewJob(type: "late", refID: "1")]).map {
                        try $0.get().id
                    }
                    // A store in memory never suspends, so the removal needs a chance to run.
                    try await Task.sleep(for: .microseconds(100))
                } while !isOver.withLock { $0 }
                return added
            }
            let removed = try await removal.value
            isOver.withLock { $0 = true }
            var ids = try await added.value
            let last = try await other.add([NewJob(type: "late", refID: "1")])
            ids += try last.map { try $0.get().id }

            var left: [JobID] = []
            while true {
                let page = try await store.list(Paging(after: left.last)).jobs
                if page.isEmpty { break }
                left += page.map(\.id)
            }
            #expect(left == ids.suffix(left.count))
            #expect(!left.isEmpty)
            #expect(removed == 3000 + ids.count - left.count)
        },
        StoreRequirement("a cancelled removal ends, and the next one continues") { store in
            for _ in 0..<6 {
                _ = try await store.jobs.add(
                    (0..<1000).map { NewJob(type: "mail", refID: "\($0)") })
            }
            let removal = Task { try await store.jobs.deleteAll() }
            removal.cancel()
            let first = try? await removal.value

            let rest = try await store.jobs.deleteAll()

            #expect((first ?? 0) + rest <= 6000)
            #expect(try await store.list().jobs.isEmpty)
        },
        StoreRequirement("cleaning removes only disposable jobs") { store in
            let ready = try await store.add()
            let delayed = try await store.add(delay: 60_000)
            let running = try await store.add(ttl: 1000)
            _ = try await store.jobs.start(Start(running.id, timeout: 60_000))
            let completed = try await store.add()
            _ = try await store.complete(completed.id)
            let expired = try await store.add(ttl: 200)
            try await store.pass(milliseconds: 1100)

            try await store.jobs.clean(Cleaning(maxRetries: 10))

            #expect(try await store.list().jobs.map(\.id) == [ready.id, delayed.id, running.id])
            #expect(try await store.jobs.get(expired.id) == nil)
        },
        StoreRequirement(
            "cleaning removes a job over the limit of attempts if it has no live lease"
        ) {
            store in
            let atLimit = try await store.add()
            let over = try await store.add()
            let running = try await store.add()
            for _ in 0..<2 { _ = try await store.jobs.start(Start(atLimit.id, timeout: 0)) }
            for _ in 0..<3 { _ = try await store.jobs.start(Start(over.id, timeout: 0)) }
            for _ in 0..<2 { _ = try await store.jobs.start(Start(running.id, timeout: 0)) }
            _ = try await store.jobs.start(Start(running.id, timeout: 60_000))

            try await store.jobs.clean(Cleaning(maxRetries: 2))

            #expect(try await store.list().jobs.map(\.id) == [atLimit.id, running.id])
        },
        StoreRequirement("cleaning an empty store succeeds") { store in
            try await store.jobs.clean(Cleaning(maxRetries: 10))
            #expect(try await store.list().jobs.isEmpty)
        },
    ]
}
