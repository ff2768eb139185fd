import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import SeededRandom
import Synchronization
import Testing

@Suite("Pauses and claims that wait")
struct PausingTests {
    /// Options without probes: a claim that misses a wake-up waits forever.
    private static let neverProbing = WaitingJobsPersistence.Options(
        probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
    private let claim = Claim(type: "mail", timeout: 60_000)
    private let wait = ClaimWait(milliseconds: 600_000)

    @Test("a paused type costs the store no claim")
    func noClaims() async throws {
        let store = UnsteadyPersistence {}
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        let controller = JobsController(persistence: waiting)
        try await controller.pause("mail")

        let waited = try await controller.claim(claim, ClaimWait(milliseconds: 50))
        let found = try await controller.claim(claim)

        #expect(waited.isEmpty)
        #expect(found.isEmpty)
        #expect(store.claims == 0)
    }

    @Test("a claim that waits wakes when the pause ends by itself")
    func end() async throws {
        let waiting = WaitingJobsPersistence(MemoryJobsPersistence(), options: Self.neverProbing)
        let controller = JobsController(persistence: waiting)
        _ = try await controller.add(NewJob(type: "mail", refID: "1"))
        let now = try await controller.now()
        try await controller.pause("*", until: now.advanced(by: 3000))
        try await controller.pause("mail", until: now.advanced(by: 2000))

        let claimed = try await controller.claim(claim, wait)

        #expect(claimed.count == 1)
        #expect(try await controller.now() >= now.advanced(by: 3000))
    }

    @Test("a pause that is made shorter, longer or without an end counts for claims that wait")
    func otherEnd() async throws {
        let waiting = WaitingJobsPersistence(MemoryJobsPersistence(), options: Self.neverProbing)
        let controller = JobsController(persistence: waiting)
        _ = try await controller.add(NewJob(type: "mail", refID: "1"))
        let now = try await controller.now()
        try await controller.pause("mail", until: now.advanced(by: 3_600_000))

        async let claimed = controller.claim(claim, wait)
        try await eventually { waiting.waitingCount == 1 }
        let soon = { try await controller.now().advanced(by: 1000) }
        try await controller.pause("mail", until: try await soon())
        try await controller.pause("mail")
        try await Task.sleep(for: .milliseconds(1100))
        #expect(waiting.waitingCount == 1)
        try await controller.pause("mail", until: try await soon())

        #expect(try await claimed.count == 1)
    }

    @Test("no end of a pause is lost in any interleaving of steps", arguments: 1...8)
    func stress(_ seed: UInt64) async throws {
        let random = Mutex(SplitMix64(seed: seed))
        let below = { @Sendable (bound: Int) in
            random.withLock { Int.random(in: 0..<bound, using: &$0) }
        }
        let store = UnsteadyPersistence {
            let pause = below(4)
            if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
        }
        let waiting = WaitingJobsPersistence(store, options: Self.neverProbing)
        let controller = JobsController(persistence: waiting)

        for round in 0..<40 {
            let type = round % 2 == 0 ? "mail" : "*"
            try await controller.pause(type)
            _ = try await controller.add(NewJob(type: "mail", refID: "1"))
            async let first = controller.claim(claim, wait)
            try await Task.sleep(for: .microseconds(below(8000)))
            async let resumed = controller.resume(type)
            async let second = controller.claim(claim, wait)
            _ = try await resumed
            _ = try await controller.add(NewJob(type: "mail", refID: "2"))

            let started = try await first + second
            #expect(started.count == 2)
        }
    }
}
