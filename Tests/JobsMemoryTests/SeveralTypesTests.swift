import Jobs
import JobsEngine
import JobsTestSupport
import Testing

@Suite("Claims of several types over memory")
struct SeveralTypesTests {
    @Test("no job and no wake-up is lost in any interleaving of steps", arguments: 1...8)
    func stress(_ seed: UInt64) async throws {
        let random = SharedRandom(seed)
        let store = UnsteadyPersistence {
            let pause = random.number(below: 4)
            if pause > 0 { try? await Task.sleep(for: .milliseconds(pause)) }
        }
        // Without probes: a claim that misses a wake-up waits for ever.
        let waiting = WaitingJobsPersistence(
            store, options: .init(probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
        )
        let types = ["a", "b", "c", "d"]
        let total = 200
        let completed = SharedIDs()

        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<20 {
                group.addTask {
                    while completed.count < total, !Task.isCancelled {
                        // A lease lasts longer than the test, so that no lapse hides a job that was
                        // started for no claim.
                        var claim = Claim(
                            type: types[random.number(below: 4)], timeout: 600_000,
                            maxRetries: 1_000_000, limit: worker % 4 == 0 ? 3 : 1)
                        claim.alternatives = (0..<worker % 4).map { _ in
                            types[random.number(below: 4)]
                        }
                        if worker % 3 == 0 { claim.requestID = LockToken.random().description }
                        let started = try await waiting.claim(
                            claim,
                            ClaimWait(milliseconds: random.number(below: 8) == 0 ? 3 : 600_000))
                        #expect(Set(started.map(\.job.type)).count <= 1)
                        #expect(started.count <= claim.limit)
                        for job in started {
                            let lease = LeaseReference(id: job.job.id, lockToken: job.lockToken)
                            let act: Act = random.number(below: 4) == 0 ? .abort() : .complete
                            let result = try await waiting.change([JobChange(lease, act)])[0]
                            if act == .complete, case .success(.some) = result {
                                completed.add([job])
                            }
                        }
                    }
                }
            }
            for number in 0..<total {
                _ = try await waiting.add([NewJob(type: types[number % 4], refID: "\(number)")])
            }
            // The last workers wait in vain, since there are no more jobs.
            try await completed.reach(total)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(waiting.waitingCount == 0)
    }
}
