import Jobs
import Testing

extension PersistenceClaim {
    static let removing: [PersistenceClaim] = [
        PersistenceClaim("a deleted job is answered as it was, once") { store in
            let added = try await store.add()
            let started = try #require(try await store.start())

            #expect(try await store.jobs.delete(added.id) == started.job)
            #expect(try await store.jobs.delete(added.id) == nil)
            #expect(try await store.jobs.get(added.id) == nil)
            #expect(try await store.start() == nil)
        },
        PersistenceClaim("ready, delayed and completed jobs can be deleted") { store in
            let ready = try await store.add()
            let delayed = try await store.add(delay: 60_000)
            let completed = try await store.add()
            _ = try await store.complete(completed.id)
            for id in [ready.id, delayed.id, completed.id] {
                #expect(try await store.jobs.delete(id)?.id == id)
            }
            #expect(try await store.list().jobs.isEmpty)
        },
        PersistenceClaim("deleting all leaves nothing, and the store goes on") { store in
            for _ in 0..<10 { try await store.add() }
            _ = try await store.start()

            try await store.jobs.deleteAll()

            #expect(try await store.list().jobs.isEmpty)
            #expect(try await store.start() == nil)
            let added = try await store.add()
            #expect(try await store.start()?.job.id == added.id)
        },
        PersistenceClaim("cleaning removes what is over and nothing else") { store in
            let ready = try await store.add()
            let delayed = try await store.add(delay: 60_000)
            let running = try await store.add(ttl: 1000)
            _ = try await store.jobs.start(running.id, timeout: 60_000)
            let completed = try await store.add()
            _ = try await store.complete(completed.id)
            let expired = try await store.add(ttl: 200)
            try await store.pass(milliseconds: 1100)

            try await store.jobs.clean(maxRetries: 10)

            #expect(try await store.list().jobs.map(\.id) == [ready.id, delayed.id, running.id])
            #expect(try await store.jobs.get(expired.id) == nil)
        },
        PersistenceClaim(
            "cleaning removes a job started more often than allowed, when nobody has it"
        ) {
            store in
            let atLimit = try await store.add()
            let over = try await store.add()
            let running = try await store.add()
            for _ in 0..<2 { _ = try await store.jobs.start(atLimit.id, timeout: 0) }
            for _ in 0..<3 { _ = try await store.jobs.start(over.id, timeout: 0) }
            for _ in 0..<2 { _ = try await store.jobs.start(running.id, timeout: 0) }
            _ = try await store.jobs.start(running.id, timeout: 60_000)

            try await store.jobs.clean(maxRetries: 2)

            #expect(try await store.list().jobs.map(\.id) == [atLimit.id, running.id])
        },
        PersistenceClaim("cleaning an empty store is fine") { store in
            try await store.jobs.clean(maxRetries: 10)
            #expect(try await store.list().jobs.isEmpty)
        },
    ]
}
