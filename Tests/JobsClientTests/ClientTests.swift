import JobsClient
import JobsTestSupport
import Testing

@Suite("Clients")
struct ClientTests {
    @Test("an added job has the given fields", arguments: ClientUnderTest.allCases)
    func add(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let params = try JSONText(#"{"to":["ann",null],"n":9007199254740993,"$x":-0.0}"#)
            let added = try await client.add(
                NewJob(type: "mail", refID: "é/1", ttl: 5000, params: params))

            #expect(added.type == "mail" && added.refID == "é/1" && added.params == params)
            #expect(
                added.created == clock.now && added.executeUntil == clock.now.advanced(by: 5000))
            #expect(added.retries == 0 && added.started == nil && added.completed == nil)
            #expect(try await client.get(added.id) == added)
            #expect(try await client.get(JobID("unknown")) == nil)
        }
    }

    @Test("a unique job is added once", arguments: ClientUnderTest.allCases)
    func addUnique(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let first = try await client.addUnique(NewJob(type: "mail", refID: "1"))
            #expect(try await client.addUnique(NewJob(type: "mail", refID: "1")) == first)
        }
    }

    @Test("priority, delay and time to live have an effect", arguments: ClientUnderTest.allCases)
    func options(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let later = try await client.add(
                NewJob(type: "a", refID: "later", params: 1, delay: .seconds(1)))
            let low = try await client.add(NewJob(type: "a", refID: "low", ttl: 0, priority: -1))
            #expect(later.delayedUntil == clock.now.advanced(by: 1000) && low.priority == -1)
            #expect(try await client.start(type: "a", timeout: .seconds(9))?.job.refID == "low")
            clock.advance(by: 1000)
            #expect(try await client.start(type: "a", timeout: .seconds(9))?.job.id == later.id)
        }
    }

    @Test(
        "a lease holder starts, extends and completes a job", arguments: ClientUnderTest.allCases
    )
    func cycle(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let added = try await client.add(NewJob(type: "mail", refID: "1"))

            let claimed = try #require(
                try await client.start(type: "mail", timeout: .milliseconds(1500)))
            #expect(claimed.job.id == added.id && claimed.job.retries == 1)
            #expect(claimed.job.lockedUntil == clock.now.advanced(by: 1500))
            #expect((claimed.lockToken == nil) == (kind == .original))
            #expect(try await client.start(type: "mail", timeout: .seconds(1)) == nil)

            let extended = try #require(
                try await client.extend(claimed.lease, timeout: .seconds(9)))
            #expect(extended.lockedUntil == clock.now.advanced(by: 9000))
            let completed = try #require(try await client.complete(claimed.lease))
            #expect(completed.completed == clock.now)
            #expect(try await client.get(added.id) == completed)
        }
    }

    @Test("a job is started by its id, once", arguments: ClientUnderTest.allCases)
    func startByID(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let added = try await client.add(NewJob(type: "mail", refID: "1"))
            #expect(try await client.start(added.id, timeout: .seconds(1))?.job.id == added.id)
            #expect(try await client.start(added.id, timeout: .seconds(1)) == nil)
        }
    }

    @Test("a claim respects its limit of attempts", arguments: ClientUnderTest.allCases)
    func maxRetries(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            _ = try await client.add(NewJob(type: "mail", refID: "1"))
            let claimed = try #require(try await client.start(type: "mail", timeout: .seconds(1)))
            _ = try await client.abort(claimed.lease)
            func claim(_ limit: Int) async throws -> ClaimedJob? {
                try await client.start(
                    type: "mail", timeout: .seconds(1), maxRetries: limit, waitTimeout: .zero)
            }
            #expect(try await claim(1) == nil)
            #expect(try await claim(2)?.job.retries == 2)
        }
    }

    @Test("a job is aborted with and without a delay", arguments: ClientUnderTest.allCases)
    func abort(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            _ = try await client.add(NewJob(type: "mail", refID: "1"))
            func claim() async throws -> ClaimedJob? {
                try await client.start(type: "mail", timeout: .seconds(60))
            }
            let first = try #require(try await claim())
            #expect(try await client.abort(first.lease)?.started == nil)
            let second = try #require(try await claim())
            let aborted = try await client.abort(second.lease, delay: .seconds(2))
            #expect(aborted?.delayedUntil == clock.now.advanced(by: 2000))
            #expect(try await claim() == nil)
            clock.advance(by: 2000)
            #expect(try await claim()?.job.retries == 3)
        }
    }

    @Test("a lost lease is an error", arguments: [ClientUnderTest.direct, .http])
    func lockLost(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            _ = try await client.add(NewJob(type: "mail", refID: "1"))
            let lost = try #require(try await client.start(type: "mail", timeout: .zero)).lease
            _ = try #require(try await client.start(type: "mail", timeout: .seconds(9)))

            for change in [
                { try await client.extend(lost, timeout: .seconds(1)) },
                { try await client.abort(lost, delay: nil) }, { try await client.complete(lost) },
            ] as [@Sendable () async throws -> Job?] {
                let error = await #expect(throws: JobsClientError.self) { try await change() }
                #expect(error?.kind == .lockLost && error?.code == "LOCK_LOST")
                #expect(error?.isRetryable == false && error?.mayHaveHappened == false)
            }
        }
    }

    @Test(
        "jobs are listed by filter, in pages",
        arguments: ClientUnderTest.allCases)
    func list(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            var ids: [JobID] = []
            for number in 0..<5 {
                let new = NewJob(type: number == 4 ? "b" : "a", refID: "\(number)")
                ids.append(try await client.add(new).id)
                clock.advance(by: 10)
            }
            var filter = JobFilter()
            filter.type = "a"
            filter.created.from = clock.now.advanced(by: -40)
            let page = try await client.list(filter, Paging(skip: 1, take: 1, wantsTotal: true))

            #expect(page.jobs.map(\.id) == [ids[2]] && page.total == 3)
            #expect(try await client.list().jobs.map(\.id) == ids)
            #expect(try await client.list().total == nil)
            filter = JobFilter()
            filter.id = ids[3]
            filter.refID = "3"
            filter.retries = 0
            filter.minRetries = -1
            filter.created.equal = clock.now.advanced(by: -20)
            #expect(try await client.list(filter).jobs.map(\.id) == [ids[3]])
            filter.completed.to = clock.now
            #expect(try await client.list(filter).jobs.isEmpty)
        }
    }

    @Test("one job, disposable jobs and all jobs are removed", arguments: ClientUnderTest.allCases)
    func remove(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let jobs = try await client.add((0..<4).map { NewJob(type: "a", refID: "\($0)") })
                .map { try $0.get() }
            #expect(try await client.delete(jobs[0].id)?.id == jobs[0].id)
            #expect(try await client.delete(jobs[0].id) == nil)
            _ = try await client.complete(LeaseReference(id: jobs[1].id))
            try await client.clean()
            #expect(try await client.list().jobs.map(\.id) == jobs[2...].map(\.id))
            try await client.deleteAll()
            #expect(try await client.list().jobs.isEmpty)
        }
    }

    @Test(
        "each job of a batch has its own result", arguments: ClientUnderTest.allCases)
    func batches(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let added = try await client.add((0..<20).map { NewJob(type: "a", refID: "\($0)") })
                .map { try $0.get() }
            #expect(added.map(\.refID) == (0..<20).map(String.init))

            let claimed = try await client.start(
                type: "a", timeout: .seconds(60), maxJobs: 18, maxRetries: nil, waitTimeout: .zero)
            #expect(claimed.map(\.job.id) == added[..<18].map(\.id))

            let extended = try await client.change(
                claimed.map { JobChange($0.lease, .extend(timeout: 90_000)) })
            #expect(
                try extended.map { try $0.get()?.lockedUntil }
                    == claimed.map { _ in clock.now.advanced(by: 90_000) })
            let aborted = try await client.change(
                claimed[..<9].map { JobChange($0.lease, .abort(delay: 5000)) })
            #expect(try aborted.allSatisfy { try $0.get()?.delayedUntil != nil })
            let unknown = LeaseReference(id: JobID("unknown"))
            let completed = try await client.change(
                (claimed[9...].map(\.lease) + [unknown]).map { JobChange($0, .complete) })
            #expect(try completed.map { try $0.get()?.id } == claimed[9...].map(\.job.id) + [nil])
            #expect(try await client.add([NewJob]()).isEmpty)
        }
    }

    @Test("the lost leases of a batch are errors", arguments: [ClientUnderTest.direct, .http])
    func someLost(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            _ = try await client.add((0..<2).map { NewJob(type: "a", refID: "\($0)") })
            let claimed = try await client.start(
                type: "a", timeout: .seconds(60), maxJobs: 5, maxRetries: nil, waitTimeout: .zero)
            let wrong = LeaseReference(id: claimed[0].job.id, lockToken: .random())

            let results = try await client.change([
                JobChange(wrong, .complete), JobChange(claimed[1].lease, .complete),
            ])

            guard case .failure(let error) = results[0] else {
                Issue.record("a lost lease was completed")
                return
            }
            #expect(error.kind == .lockLost)
            #expect(try results[1].get()?.completed != nil)
        }
    }

    @Test(
        "a batch beyond the size of a request is split", arguments: [ClientUnderTest.direct, .http])
    func large(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let params = try JSONText("\"\(String(repeating: "x", count: 2000))\"")
            let jobs = (0..<1500).map { NewJob(type: "a", refID: "\($0)", params: params) }
            let added = try await client.add(jobs).map { try $0.get() }
            #expect(added.map(\.refID) == jobs.map(\.refID))
        }
    }

    @Test("details have the state as judged by the service", arguments: ClientUnderTest.allCases)
    func details(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let job = try await client.add(NewJob(type: "mail", refID: "1"))
            #expect(
                try await client.details(of: job.id) == DetailedJob(job: job, stateName: "ready"))
            for _ in 0..<10 {
                _ = try #require(try await client.start(job.id, timeout: .seconds(1)))
                clock.advance(by: 1000)
            }

            let found = try #require(try await client.details(of: job.id))
            let page = try await client.listDetails(JobFilter(), Paging(wantsTotal: true))

            #expect(found.state == .exhausted)
            #expect(page == DetailedJobPage(jobs: [found], total: 1))
            #expect(try await client.details(of: JobID("unknown")) == nil)
        }
    }

    @Test("names that are too long are refused", arguments: ClientUnderTest.allCases)
    func nameLimits(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let type = String(repeating: "t", count: 1025)
            let refID = String(repeating: "r", count: 4097)
            var filter = JobFilter()
            filter.type = type
            let calls: [() async throws -> Void] = [
                { _ = try await client.add(NewJob(type: type, refID: "1")) },
                { _ = try await client.addUnique(NewJob(type: "a", refID: refID)) },
                { _ = try await client.start(type: type, timeout: .seconds(1)) },
                { _ = try await client.list(filter, Paging()) },
            ]

            for call in calls {
                let error = await #expect(throws: JobsClientError.self) { try await call() }
                #expect(error?.kind == .refused)
            }
            let items = try await client.add([
                NewJob(type: type, refID: "1"), NewJob(type: "a", refID: "1"),
            ])
            #expect(items.map { (try? $0.get()) != nil } == [false, true])
            let long = JobID(String(repeating: "i", count: 1025))
            #expect(try await client.get(long) == nil)
            #expect(try await client.complete(LeaseReference(id: long)) == nil)
        }
    }
}
