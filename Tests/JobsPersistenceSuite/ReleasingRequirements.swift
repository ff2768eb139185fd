import Jobs
import Testing

extension StoreRequirement {
    static let releasing: [StoreRequirement] = [
        StoreRequirement("a released start leaves no trace") { store in
            let added = try await store.add()
            let started = try #require(try await store.start())

            try await store.jobs.release([started])

            #expect(try await store.jobs.get(added.id) == added)
            #expect(try await store.start()?.job.retries == 1)
        },
        StoreRequirement("a released job has its former place and its earlier attempts") {
            store in
            let first = try await store.add(refID: "first")
            try await store.add(refID: "second")
            _ = try await store.abort(first.id, try #require(try await store.start()).lockToken)

            try await store.jobs.release([try #require(try await store.start())])

            let again = try #require(try await store.start())
            #expect(again.job.id == first.id)
            #expect(again.job.retries == 2)
        },
        StoreRequirement("a released start of a delayed job leaves it delayed") { store in
            let added = try await store.add(delay: 600_000)
            let started = try #require(try await store.jobs.start(Start(added.id, timeout: 60_000)))

            try await store.jobs.release([started])

            #expect(try await store.jobs.get(added.id) == added)
            #expect(try await store.start() == nil)
        },
        StoreRequirement("only the last lease is released") { store in
            let added = try await store.add()
            let lost = try #require(try await store.start(timeout: 0))
            let taken = try #require(try await store.jobs.start(Start(added.id, timeout: 60_000)))

            try await store.jobs.release([lost])

            #expect(try await store.jobs.get(added.id) == taken.job)
            let completed = try #require(try await store.complete(added.id, taken.lockToken))
            try await store.jobs.release([taken])
            #expect(try await store.jobs.get(added.id) == completed)
        },
        StoreRequirement("the token of a released start is refused") { store in
            let added = try await store.add()
            let started = try #require(try await store.start())
            try await store.jobs.release([started])

            await #expect(throws: JobsError.lockLost(added.id)) {
                try await store.complete(added.id, started.lockToken)
            }
            try await store.jobs.release([started])
            #expect(try await store.jobs.get(added.id) == added)
        },
        StoreRequirement("many starts are released in one call, including those of deleted jobs") {
            store in
            for number in 0..<5 { try await store.add(refID: "\(number)") }
            let started = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 5))
            _ = try await store.jobs.delete(started[2].job.id)

            try await store.jobs.release(started)

            let again = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 9))
            #expect(again.map(\.job.refID) == ["0", "1", "3", "4"])
            #expect(again.allSatisfy { $0.job.retries == 1 })
        },
    ]

    static let availability: [StoreRequirement] = [
        StoreRequirement("ready and finished jobs and other types have no next availability") {
            store in
            #expect(try await store.jobs.nextAvailability(of: "mail") == nil)
            try await store.add()
            try await store.add(type: "print", delay: 600_000)
            let done = try await store.add()
            _ = try await store.complete(done.id)
            #expect(try await store.jobs.nextAvailability(of: "mail") == nil)
        },
        StoreRequirement("the first end of a delay or a lease is the next availability") { store in
            try await store.add(delay: 600_000)
            try await store.expectNextAvailability(within: 500_000...600_000)

            let leased = try await store.add()
            _ = try #require(try await store.jobs.start(Start(leased.id, timeout: 300_000)))
            try await store.expectNextAvailability(within: 200_000...300_000)

            _ = try await store.extend(leased.id, timeout: 900_000)
            try await store.expectNextAvailability(within: 500_000...600_000)
        },
        StoreRequirement("the next availability is that of any priority") { store in
            for (priority, delay) in [(5, 600_000), (0, 300_000), (-5, 400_000)] {
                try await store.add(priority: priority, delay: Int64(delay))
            }
            try await store.add(priority: 7)
            try await store.expectNextAvailability(within: 200_000...300_000)
        },
        StoreRequirement("with any number of priorities the next availability is never late") {
            store in
            for priority in -20...20 {
                try await store.add(
                    priority: priority, delay: priority == -20 ? 300_000 : 600_000)
            }
            try await store.expectNextAvailability(within: 1...300_000)
        },
        StoreRequirement("at the next availability a job can be claimed") { store in
            try await store.add(delay: 300)
            let next = try #require(try await store.jobs.nextAvailability(of: "mail"))
            try await store.pass(milliseconds: next)
            #expect(try await store.start() != nil)
        },
    ]
}

extension StoreUnderTest {
    fileprivate func expectNextAvailability(
        within range: ClosedRange<Int64>, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let next = try #require(
            try await jobs.nextAvailability(of: "mail"), sourceLocation: sourceLocation)
        #expect(range.contains(next), sourceLocation: sourceLocation)
    }
}
