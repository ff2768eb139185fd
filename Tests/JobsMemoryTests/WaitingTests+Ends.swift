import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Testing

extension WaitingMemoryTests {
    @Test("each of many waits ends at its own end, whatever the order of their beginnings")
    func ends() async throws {
        let waiting = WaitingJobsPersistence(MemoryJobsPersistence(), options: Self.neverProbing)
        let claim = Claim(type: "mail", timeout: 60_000, maxRetries: 10)
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for (place, wait) in ([600_000, 2000, 3000, 1000] as [Int64]).enumerated() {
                group.addTask {
                    let started = try await waiting.claim(claim, ClaimWait(milliseconds: wait))
                    #expect(started.count == (wait == 600_000 && !Task.isCancelled ? 1 : 0))
                    return wait
                }
                try await eventually(within: .seconds(60)) { waiting.waitingCount > place }
            }
            var ended: Set<Int64?> = []
            for _ in 0..<3 { ended.insert(try await group.next()) }
            #expect(ended == [1000, 2000, 3000])
            _ = try await waiting.add([NewJob(type: "mail", refID: "1")])
            #expect(try await group.next() == 600_000)
        }
    }
}
