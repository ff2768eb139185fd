import Jobs
import JobsEngine
import Logging
import Testing

/// The requirements of waiting claims over any store. Probes are rare here: a claim wakes by an
/// announcement, or by the end of a known lease or delay.
extension StoreRequirement {
    static let waiting: [StoreRequirement] = [
        StoreRequirement("a claim does not wait if a job is ready or its wait is zero") {
            store in
            try await store.whileWaiting { waiting in
                try await store.add()
                #expect(try await waiting.claim(wait: 60_000)?.job.retries == 1)
                #expect(try await waiting.claim(wait: 0) == nil)
                #expect(try await waiting.claim(wait: 50) == nil)
            }
        },
        StoreRequirement("a waiting claim gets the job that is added, also as unique") { store in
            try await store.whileWaiting { waiting in
                for round in 0..<3 {
                    async let claimed = waiting.claim(wait: 60_000)
                    try await waiting.whenWaiting(1)
                    let new = NewJob(type: "mail", refID: "\(round)")
                    let added =
                        round == 1
                        ? try await waiting.addUnique(new)
                        : try await waiting.add([new])[0].get()
                    #expect(try await claimed?.job.id == added.id)
                }
            }
        },
        StoreRequirement("added jobs go to the same number of waiting claims, the first ones") {
            store in
            try await store.whileWaiting { waiting in
                try await withThrowingTaskGroup(of: (Int, JobID?).self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            (number, try await waiting.claim(wait: 60_000)?.job.id)
                        }
                        try await waiting.whenWaiting(number + 1)
                    }
                    let new = (0..<4).map { NewJob(type: "mail", refID: "\($0)") }
                    let added = try await waiting.add(new).map { try $0.get().id }
                    var served: [Int: JobID?] = [:]
                    for _ in 0..<4 {
                        let (number, id) = try #require(try await group.next())
                        served[number] = id
                    }
                    #expect(Set(served.keys) == [0, 1, 2, 3])
                    #expect(Set(served.values) == Set(added.map(Optional.some)))
                    #expect(waiting.waitingCount == 2)
                    group.cancelAll()
                    for try await (_, id) in group { #expect(id == nil) }
                }
            }
        },
        StoreRequirement("no claim sleeps when more jobs are added at once than claims wait") {
            store in
            try await store.whileWaiting { waiting in
                for _ in 0..<5 {
                    try await withThrowingTaskGroup(of: JobID?.self) { group in
                        group.addTask { try await waiting.claim(wait: 20_000)?.job.id }
                        try await waiting.whenWaiting(1)
                        let new = (0..<7).map { NewJob(type: "mail", refID: "\($0)") }
                        group.addTask {
                            _ = try await waiting.add(new)
                            return nil
                        }
                        for pause in [0, 1, 0, 3, 0, 2] {
                            try await Task.sleep(for: .milliseconds(pause))
                            group.addTask { try await waiting.claim(wait: 20_000)?.job.id }
                        }
                        let served = try await group.reduce(into: Set<JobID>()) { served, id in
                            if let id { served.insert(id) }
                        }
                        #expect(served.count == 7)
                    }
                }
            }
        },
        StoreRequirement("a claim for many gets the ready jobs") { store in
            try await store.whileWaiting { waiting in
                async let claimed = waiting.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 100),
                    ClaimWait(milliseconds: 60_000))
                try await waiting.whenWaiting(1)
                _ = try await waiting.add((0..<7).map { NewJob(type: "mail", refID: "\($0)") })
                #expect(try await claimed.count == 7)
            }
        },
        StoreRequirement("a waiting claim gets a job that is aborted or released") {
            store in
            try await store.whileWaiting { waiting in
                try await store.add()
                for round in 1...4 {
                    let held = try #require(try await waiting.claim(wait: 0))
                    async let claimed = waiting.claim(wait: 60_000)
                    try await waiting.whenWaiting(1)
                    if round % 2 == 0 {
                        try await waiting.release([held])
                    } else {
                        let lease = LeaseReference(id: held.job.id, lockToken: held.lockToken)
                        _ = try await waiting.change([JobChange(lease, .abort())])
                    }
                    let next = try #require(try await claimed)
                    #expect(next.job.id == held.job.id)
                    let lease = LeaseReference(id: next.job.id, lockToken: next.lockToken)
                    _ = try await waiting.change([JobChange(lease, .abort())])
                }
            }
        },
        StoreRequirement("a waiting claim gets a job whose lease lapses or is shortened") {
            store in
            try await store.whileWaiting { waiting in
                try await store.add()
                _ = try #require(try await waiting.claim(timeout: 300, wait: 0))
                async let lapsed = waiting.claim(wait: 60_000)
                try await waiting.whenWaiting(1)
                try await store.pass(milliseconds: 300)
                let held = try #require(try await lapsed)
                #expect(held.job.retries == 2)

                async let cut = waiting.claim(wait: 60_000)
                try await waiting.whenWaiting(1)
                let lease = LeaseReference(id: held.job.id, lockToken: held.lockToken)
                _ = try await waiting.change([JobChange(lease, .extend(timeout: 200))])
                try await store.pass(milliseconds: 200)
                #expect(try await cut?.job.retries == 3)
            }
        },
        StoreRequirement("a waiting claim gets a job whose delay ends, known before or after") {
            store in
            try await store.whileWaiting { waiting in
                try await store.add(delay: 300)
                async let known = waiting.claim(wait: 60_000)
                try await waiting.whenWaiting(1)
                try await store.pass(milliseconds: 300)
                let held = try #require(try await known)

                async let added = waiting.claim(wait: 60_000)
                try await waiting.whenWaiting(1)
                let new = NewJob(type: "mail", refID: "2", delay: 200)
                let second = try await waiting.add([new])[0].get()
                try await store.pass(milliseconds: 200)
                #expect(try await added?.job.id == second.id)

                async let aborted = waiting.claim(wait: 60_000)
                try await waiting.whenWaiting(1)
                let lease = LeaseReference(id: held.job.id, lockToken: held.lockToken)
                _ = try await waiting.change([JobChange(lease, .abort(delay: 200))])
                try await store.pass(milliseconds: 200)
                #expect(try await aborted?.job.id == held.job.id)
            }
        },
        StoreRequirement(
            "jobs of other types wake no claim, and exhausted ones need a higher limit"
        ) {
            store in
            try await store.whileWaiting { waiting in
                try await store.add()
                let held = try #require(try await store.start())
                let strict = Task { try await waiting.claim(maxRetries: 1, wait: 60_000) }
                try await waiting.whenWaiting(1)
                async let lenient = waiting.claim(maxRetries: 5, wait: 60_000)
                try await waiting.whenWaiting(2)
                _ = try await waiting.add([NewJob(type: "print", refID: "1")])
                let lease = LeaseReference(id: held.job.id, lockToken: held.lockToken)
                _ = try await waiting.change([JobChange(lease, .abort())])
                #expect(try await lenient?.job.id == held.job.id)
                strict.cancel()
                #expect(try await strict.value == nil)
            }
        },
    ]
}

extension StoreUnderTest {
    /// Lends the store with waiting claims, as in one instance of the service.
    fileprivate func whileWaiting(
        _ body: @escaping @Sendable (WaitingJobsPersistence) async throws -> Void
    ) async throws {
        let options = WaitingJobsPersistence.Options(
            probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
        let waiting = WaitingJobsPersistence(
            jobs, news: jobs as? any JobsNews, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await waiting.followNews(logger: Logger(label: "waiting")) }
            defer { group.cancelAll() }
            try await body(waiting)
        }
    }
}

extension WaitingJobsPersistence {
    fileprivate func claim(timeout: Int64 = 60_000, maxRetries: Int = 10, wait: Int64) async throws
        -> StartedJob?
    {
        let claim = Claim(type: "mail", timeout: timeout, maxRetries: maxRetries)
        return try await self.claim(claim, ClaimWait(milliseconds: wait)).first
    }

    fileprivate func whenWaiting(_ count: Int) async throws {
        for _ in 0..<10_000 where waitingCount < count {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(waitingCount >= count)
    }
}
