import Jobs
import JobsEngine
import JobsMemory
import Synchronization
import Testing

/// The mark of the batch that a change is in, by which a store keeps no more of the jobs of a
/// batch than their caller gets.
@Suite("Marks of batches")
struct BatchMarkTests {
    /// A store that notes the changes that reach it.
    private final class Spy: JobsPersistenceLayer {
        let base: any JobsPersistence = MemoryJobsPersistence()
        let changes = Mutex<[JobChange]>([])

        func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
            self.changes.withLock { $0 += changes }
            return try await base.change(changes)
        }
    }

    @Test("the changes of one call reach the store with one mark, also failures with a policy")
    func marks() async throws {
        let spy = Spy()
        let jobs = JobsController(persistence: spy)
        var change = TypeChange()
        change.retry = .set(RetryPolicy(delay: 1000))
        try await jobs.set("mail", change)
        let ids = try await jobs.add((0..<3).map { NewJob(type: "mail", refID: "\($0)") })
            .map { try $0.get().id }

        for act in [Act.extend(timeout: 1000), .fail(Failure()), .abort(), .complete] {
            _ = try await jobs.change(ids.map { JobChange($0, act) })
            let changes = spy.changes.withLock { changes in
                defer { changes = [] }
                return changes
            }
            #expect(changes.map(\.id) == ids)
            let marks = Set(changes.map(\.batch))
            #expect(marks.count == 1 && marks != [nil], "\(act.name)")
        }
    }
}
