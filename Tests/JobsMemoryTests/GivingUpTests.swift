import Jobs
import JobsEngine
import Testing

@testable import JobsMemory

@Suite("Deallocation of jobs")
struct GivingUpTests {
    /// Weak references to records of jobs in all places, and to their queues.
    private final class Kept {
        var records: [Weak<JobRecord>] = []
        var queues: [Weak<TypeQueue>] = []

        var count: Int {
            records.count { $0.object != nil } + queues.count { $0.object != nil }
        }
    }

    private struct Weak<Object: AnyObject> {
        weak var object: Object?
    }

    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func fill(_ jobs: inout MemoryJobs) -> Kept {
        let kept = Kept()
        for number in 0..<300 {
            let delay: Int64? = number % 3 == 0 ? 60_000 : nil
            let job = jobs.add(
                NewJob(type: "t\(number % 2)", refID: "\(number)", delay: delay), at: Self.now)
            if number % 7 == 0 { _ = jobs.start(Start(job.id, timeout: 60_000), at: Self.now) }
            if number % 5 == 0 { _ = jobs.change(JobChange(job.id, .complete), at: Self.now) }
        }
        _ = jobs.visitRecords(after: nil, limit: .max) { record in
            kept.records.append(Weak(object: record))
            kept.queues.append(Weak(object: record.queue))
            return true
        }
        return kept
    }

    @Test("all jobs, when all are deleted")
    func deleteAll() {
        var jobs = MemoryJobs()
        let kept = fill(&jobs)
        #expect(kept.count == 600)

        _ = jobs.removeAll()

        #expect(kept.count == 0)
    }

    @Test("each job, when it is deleted")
    func delete() {
        var jobs = MemoryJobs()
        let kept = fill(&jobs)

        for id in jobs.stored(after: nil, limit: .max).jobs.map(\.job.id) { _ = jobs.delete(id) }

        #expect(kept.count == 0)
    }

    @Test("each job, when cleaning removes it")
    func clean() {
        var jobs = MemoryJobs()
        let kept = fill(&jobs)

        let later = Self.now.advanced(by: 100_000)
        _ = jobs.clean(after: nil, limit: .max, Cleaning(maxRetries: -1), at: later)

        #expect(kept.count == 0)
    }

    @Test("all jobs that a change removes, when the change is discarded")
    func changes() {
        var jobs = MemoryJobs(isRecording: true)
        let kept = fill(&jobs)
        _ = jobs.removeAll()
        #expect(kept.count > 0)

        _ = jobs.takeChanges()

        #expect(kept.count == 0)
    }

    @Test("all jobs of a deallocated client")
    func client() async throws {
        weak var store: MemoryJobsPersistence?
        do {
            let memory = MemoryJobsPersistence()
            store = memory
            let controller = JobsController(persistence: memory)
            _ = try await controller.add(NewJob(type: "mail", refID: "1"))
            _ = try await controller.claim(Claim(type: "mail", timeout: 60_000))
            _ = try await controller.claim(
                Claim(type: "mail", timeout: 60_000), ClaimWait(milliseconds: 20))
        }
        let end = ContinuousClock.now + .seconds(60)
        while store != nil, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(store == nil)
    }

    @Test("memory, when a large store has lost half of its jobs, and at each further half")
    func shrinkage() {
        var shrinkage = Shrinkage()
        shrinkage.grow(to: 100_000)
        let answers = [50_001, 50_000, 49_999, 25_000, 0].map { shrinkage.shrink(to: $0) }
        #expect(answers == [false, true, false, true, true])

        shrinkage.grow(to: Shrinkage.least - 1)
        let small = shrinkage.shrink(to: 0)
        #expect(!small)
    }

    @Test("all jobs of a deallocated store")
    func drop() {
        var kept = Kept()
        do {
            var jobs = MemoryJobs()
            kept = fill(&jobs)
        }
        #expect(kept.count == 0)
    }
}
