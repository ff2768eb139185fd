import Jobs
import JobsEngine
import JobsMemory
import JobsPersistenceSuite
import JobsTestSupport
import Logging
import Testing

@Suite("WaitingJobsPersistence over memory")
struct WaitingMemoryTests {
    /// Options without probes: a claim that misses a wake-up waits forever.
    static let neverProbing = WaitingJobsPersistence.Options(
        probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))

    @Test("meets the requirements of every store", arguments: StoreRequirement.all)
    func asEveryStore(_ requirement: StoreRequirement) async throws {
        let clock = SetClock()
        let store = WaitingJobsPersistence(MemoryJobsPersistence(clock: { clock.now() }))

        try await requirement.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }

    @Test("a claim wakes at the end of a delay that was read for a claim that has ended")
    func delayFoundForAnother() async throws {
        let waiting = WaitingJobsPersistence(MemoryJobsPersistence(), options: Self.neverProbing)
        _ = try await waiting.add([NewJob(type: "mail", refID: "1", delay: 4000)])
        let claim = Claim(type: "mail", timeout: 60_000, maxRetries: 10)

        let leaving = try await waiting.claim(claim, ClaimWait(milliseconds: 100))
        let staying = try await waiting.claim(claim, ClaimWait(milliseconds: 30_000))

        #expect(leaving.isEmpty)
        #expect(staying.count == 1)
    }

    @Test("no wake-up is lost in any interleaving of steps", arguments: 1...8)
    func stress(_ seed: UInt64) async throws {
        let random = SharedRandom(seed)
        let store = UnsteadyPersistence {
            let pause = random.number(below: 4)
            if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
        }
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        let total = 200
        let completed = SharedIDs()

        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<20 {
                group.addTask {
                    while completed.count < total, !Task.isCancelled {
                        let started = try await waiting.claim(
                            Claim(
                                type: "mail", timeout: worker % 3 == 0 ? 20 : 60_000,
                                maxRetries: 1_000_000, limit: worker % 4 == 0 ? 3 : 1),
                            // Longer than the test, so that no timeout hides a lost wake-up.
                            ClaimWait(milliseconds: 600_000))
                        for job in started {
                            let lease = LeaseReference(id: job.job.id, lockToken: job.lockToken)
                            switch random.number(below: 8) {
                            case 0: _ = try await waiting.change([JobChange(lease, .abort())])
                            case 1:
                                _ = try await waiting.change([JobChange(lease, .abort(delay: 9))])
                            case 2: try await waiting.release([job])
                            case 3 where worker % 3 == 0: break  // left to lapse
                            default:
                                if case .success(.some) = try await waiting.change([
                                    JobChange(lease, .complete)
                                ])[0] {
                                    completed.add([job])
                                }
                            }
                        }
                    }
                }
            }
            for number in 0..<total {
                let delay: Int64? = number % 5 == 0 ? 15 : nil
                _ = try await waiting.add([NewJob(type: "mail", refID: "\(number)", delay: delay)])
            }
            // The last workers wait in vain, since there are no more jobs.
            try await completed.reach(total)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(waiting.waitingCount == 0)
    }

    @Test("cancelled claims lose no job, and jobs that no claim got are not counted")
    func comingAndGoing() async throws {
        let store = MemoryJobsPersistence()
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        let claimed = SharedIDs()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                let claim = Task {
                    try await waiting.claim(
                        Claim(type: "mail", timeout: 60_000, maxRetries: 10),
                        ClaimWait(milliseconds: 60_000))
                }
                group.addTask {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0...3000)))
                    claim.cancel()
                    let started = try await claim.value
                    claimed.add(started)
                }
            }
            for number in 0..<100 {
                _ = try await waiting.add([NewJob(type: "mail", refID: "\(number)")])
                try await Task.sleep(for: .microseconds(Int.random(in: 0...50)))
            }
            try await group.waitForAll()
        }
        let rest = try await waiting.claim(
            Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 1000))
        #expect(rest.allSatisfy { $0.job.retries == 1 })
        let all = claimed.all + rest.map(\.job.id)
        #expect(all.count == 100)
        #expect(Set(all).count == 100)
    }

    @Test(
        "an announced job costs one query for any number of waiting claims, and one more a second")
    func looks() async throws {
        let store = UnsteadyPersistence {}
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        try await withThrowingTaskGroup(of: [StartedJob].self) { group in
            for number in 1...500 {
                group.addTask {
                    try await waiting.claim(
                        Claim(type: "mail", timeout: 60_000, maxRetries: 10),
                        ClaimWait(milliseconds: 60_000))
                }
                try await eventually(within: .seconds(60)) { waiting.waitingCount >= number }
            }
            try await Task.sleep(for: .milliseconds(100))
            let (before, start) = (store.claims, ContinuousClock.now)
            try await Task.sleep(for: .milliseconds(100))
            #expect(store.claims == before)
            for number in 1...10 {
                _ = try await waiting.add([NewJob(type: "mail", refID: "\(number)")])
                let started = try #require(try await group.next())
                #expect(started.map(\.job.refID) == ["\(number)"])
            }
            let seconds = Int(start.duration(to: .now) / .seconds(1))
            #expect((10...11 + seconds).contains(store.claims - before))
            group.cancelAll()
        }
    }

    @Test("no claim sleeps when more jobs are added at once than claims wait", arguments: 1...20)
    func surplus(_ seed: UInt64) async throws {
        let random = SharedRandom(seed)
        // Slow, so that claims arrive during a query; and no lease ends that could wake them.
        let store = UnsteadyPersistence { try? await Task.sleep(for: .milliseconds(4)) }
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        let claim = { @Sendable in
            try await waiting.claim(
                Claim(type: "mail", timeout: 3_600_000, maxRetries: 10),
                ClaimWait(milliseconds: 10_000))
        }
        try await withThrowingTaskGroup(of: [StartedJob].self) { group in
            for _ in 0..<10 {
                group.addTask { try await claim() }
                try await eventually(within: .seconds(60)) { waiting.waitingCount >= 1 }
                group.addTask {
                    let added = try await waiting.add(
                        (0..<7).map { NewJob(type: "mail", refID: "\($0)") })
                    #expect(added.count == 7)
                    return []
                }
                for _ in 0..<6 {
                    try await Task.sleep(for: .milliseconds(random.number(below: 4)))
                    group.addTask { try await claim() }
                }
                for _ in 0..<8 {
                    let started = try #require(try await group.next())
                    #expect(started.count <= 1)
                }
                #expect(waiting.waitingCount == 0)
                #expect(
                    try await waiting.claim(
                        Claim(type: "mail", timeout: 1, maxRetries: 10, limit: 9))
                        == [])
            }
        }
    }

    @Test("a ready job is handed out even if the limit of waiting claims is reached")
    func readyBeyondPlaces() async throws {
        let store = UnsteadyPersistence {}
        let waiting = WaitingJobsPersistence(store, options: .init(maxWaiters: 1))
        async let held = waiting.claim(
            Claim(type: "mail", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))
        try await eventually(within: .seconds(60)) { waiting.waitingCount >= 1 }
        _ = try await waiting.add([NewJob(type: "print", refID: "1")])

        let started = try await waiting.claim(
            Claim(type: "print", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))

        #expect(started.map(\.job.refID) == ["1"])
        _ = try await waiting.add([NewJob(type: "mail", refID: "2")])
        #expect(try await held.count == 1)
    }

    @Test("one caller with many waiting claims does not use up the limit for others")
    func fairPlaces() async throws {
        let waiting = WaitingJobsPersistence(
            MemoryJobsPersistence(), options: .init(maxWaiters: 50))
        try await withThrowingTaskGroup(of: Int.self) { group in
            let claim = { @Sendable (type: String, caller: String) in
                do {
                    return try await waiting.claim(
                        Claim(type: type, timeout: 60_000, maxRetries: 10),
                        ClaimWait(milliseconds: 60_000, caller: caller)
                    ).count
                } catch JobsError.overloaded {
                    return -1
                }
            }
            for number in 0..<60 { group.addTask { try await claim("mail\(number)", "greedy") } }
            for _ in 0..<20 { #expect(try await group.next() == -1) }
            #expect(waiting.waitingCount == 40)

            group.addTask { try await claim("print", "modest") }
            try await eventually(within: .seconds(60)) { waiting.waitingCount >= 41 }
            _ = try await waiting.add([NewJob(type: "print", refID: "1")])

            #expect(try await group.next() == 1)
            group.cancelAll()
        }
    }

    @Test("claims above the limit are refused, and cost one query each")
    func cap() async throws {
        let store = UnsteadyPersistence {}
        let waiting = WaitingJobsPersistence(store, options: .init(maxWaiters: 1))
        async let held = waiting.claim(
            Claim(type: "mail", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))
        try await eventually(within: .seconds(60)) {
            waiting.waitingCount >= 1 && store.claims >= 1
        }
        let claims = store.claims

        await #expect(throws: JobsError.overloaded) {
            _ = try await waiting.claim(
                Claim(type: "print", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))
        }
        // Its own query, and one for the waiting claim, when its queue reads the next availability.
        #expect(store.claims - claims <= 2)
        _ = try await waiting.add([NewJob(type: "mail", refID: "1")])
        #expect(try await held.count == 1)
    }

    @Test(
        "a claim retries an unavailable store; if it is unavailable until the end, that is an error"
    )
    func away() async throws {
        let store = UnsteadyPersistence {}
        let waiting = WaitingJobsPersistence(
            store, options: .init(probeInterval: .milliseconds(50)))
        store.isAway = true
        await #expect(throws: JobsError.unavailable(reason: "away")) {
            _ = try await waiting.claim(
                Claim(type: "mail", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))
        }

        store.isAway = false
        async let unlucky = waiting.claim(
            Claim(type: "mail", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 5000))
        async let lucky = waiting.claim(
            Claim(type: "print", timeout: 1, maxRetries: 10), ClaimWait(milliseconds: 60_000))
        try await eventually(within: .seconds(60)) {
            waiting.waitingCount >= 2 && store.claims >= 2
        }
        try await Task.sleep(for: .milliseconds(100))
        store.isAway = true
        do {
            _ = try await unlucky
            Issue.record("an error was reported as an empty result")
        } catch JobsError.unavailable {}
        store.isAway = false
        _ = try await store.add([NewJob(type: "print", refID: "1")])
        #expect(try await lucky.count == 1)
    }
}
