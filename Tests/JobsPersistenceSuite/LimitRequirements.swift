import JSON
import Jobs
import Synchronization
import Testing

extension StoreRequirement {
    static let limits: [StoreRequirement] = [
        StoreRequirement("no more leases of a type are live than its limit") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 2))
            for _ in 0..<5 { try await store.add() }

            let first = try await store.claim(limits)
            // A claim of several jobs gets as many as there is room for.
            let second = try await store.claim(limits, count: 3)
            let third = try await store.claim(limits)
            _ = try await store.complete(try #require(first.first).job.id)
            let fourth = try await store.claim(limits, count: 3)

            #expect([first, second, third, fourth].map(\.count) == [1, 1, 0, 1])
        },
        StoreRequirement("every job that is started is returned, however large the jobs are") {
            store in
            let limits = try await store.limit(TypeLimits(maxRunning: 100))
            let params = try JSONText("\"\(String(repeating: "x", count: 1 << 20))\"")
            for part in 0..<4 {
                _ = try await store.jobs.add(
                    (0..<10).map {
                        NewJob(type: "mail", refID: "\(part * 10 + $0)", params: params)
                    })
            }

            let claimed = try await store.claim(limits, count: 40)

            #expect(claimed.count == 40)
            #expect(claimed.allSatisfy { $0.job.params == params && $0.job.retries == 1 })
        },
        StoreRequirement("claims within the limit are in order") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 3))
            let low = try await store.add()
            let high = try await store.add(priority: 1)
            let next = try await store.add()

            let claimed = try await store.claim(limits, count: 5)

            #expect(claimed.map(\.job.id) == [high.id, low.id, next.id])
        },
        StoreRequirement("a limit of one type does not concern others, nor claims without limits") {
            store in
            let limits = try await store.limit(TypeLimits(maxRunning: 1))
            for type in ["mail", "mail", "other", "other"] { try await store.add(type: type) }
            let claim = Claim(type: "other", timeout: 60_000, limit: 2)

            #expect(try await store.claim(limits, count: 2).count == 1)
            #expect(try await store.jobs.claim(claim).count == 2)
        },
        StoreRequirement("leases that began before the limit was set count") { store in
            for _ in 0..<3 { try await store.add() }
            let started = try #require(try await store.start())
            let limits = try await store.limit(TypeLimits(maxRunning: 1))

            #expect(try await store.claim(limits).isEmpty)
            _ = try await store.complete(started.job.id)
            #expect(try await store.claim(limits).count == 1)
        },
        StoreRequirement("a lapsed lease frees its place by itself") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 1))
            let (first, second) = (try await store.add(), try await store.add())
            let lapsing = try await store.claim(limits, timeout: 500)

            #expect(try await store.claim(limits).isEmpty)
            try await store.pass(milliseconds: 700)
            let claimed = try await store.claim(limits)
            #expect(try await store.claim(limits).isEmpty)

            #expect(lapsing.first?.job.id == first.id)
            #expect(claimed.count == 1)
            #expect([first.id, second.id].contains(claimed.first?.job.id))
        },
        StoreRequirement("an extended lease keeps its place") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 1))
            for _ in 0..<2 { try await store.add() }
            let started = try #require(try await store.claim(limits, timeout: 700).first)
            _ = try await store.extend(started.job.id, timeout: 60_000)
            try await store.pass(milliseconds: 800)

            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a start by id is not refused, and counts") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 1))
            var ids: [JobID] = []
            for _ in 0..<3 { ids.append(try await store.add().id) }
            #expect(try await store.start(limits, ids[2]) != nil)

            #expect(try await store.claim(limits).isEmpty)
            #expect(try await store.start(limits, ids[1]) != nil)
            _ = try await store.complete(ids[2])
            #expect(try await store.claim(limits).isEmpty)
            _ = try await store.complete(ids[1])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[0]])
        },
        StoreRequirement("every end of a lease frees its place") { store in
            let limits = try await store.limit(TypeLimits(maxRunning: 1))
            for _ in 0..<8 { try await store.add() }
            let acts: [Act] = [
                .complete, .abort(), .abort(delay: 60_000), .fail(Failure(retry: false)), .release,
            ]
            for act in acts {
                let started = try #require(try await store.claim(limits).first, "\(act)")
                #expect(try await store.claim(limits).isEmpty, "\(act)")
                _ = try await store.act(act, started)
            }
            let started = try #require(try await store.claim(limits).first)
            _ = try await store.jobs.delete(started.job.id)
            #expect(try await store.claim(limits).count == 1)
        },
        StoreRequirement("a limit that is raised or removed holds at once") { store in
            var limits = try await store.limit(TypeLimits(maxRunning: 1))
            for _ in 0..<6 { try await store.add() }
            #expect(try await store.claim(limits, count: 6).count == 1)

            limits = try await store.limit(TypeLimits(maxRunning: 3))
            #expect(try await store.claim(limits, count: 6).count == 2)
            _ = try await store.limit(TypeLimits())
            #expect(try await store.claim(nil, count: 6).count == 3)
        },
        StoreRequirement("concurrent claims of all instances never exceed a limit, and use it") {
            store in
            let limits = try await store.limit(TypeLimits(maxRunning: 3))
            for _ in 0..<60 { try await store.add() }
            let leases = Leases()
            try await withThrowingTaskGroup { group in
                for worker in 0..<8 {
                    group.addTask {
                        let jobs = store.instances[worker % store.instances.count]
                        try await leases.gather(from: jobs, limits, until: 60)
                    }
                }
                try await group.waitForAll()
            }

            // Leases of a millisecond touch each other.
            let all = leases.all
            let most = all.map { lease in
                all.count { $0.lowerBound <= lease.lowerBound && lease.lowerBound < $0.upperBound }
            }
            #expect(all.count == 60)
            #expect((most.max() ?? 0) <= 3)
        },
    ]
}

/// The leases of several workers, in milliseconds of the store.
private final class Leases: Sendable {
    private let leases = Mutex<[ClosedRange<Int64>]>([])

    var all: [ClosedRange<Int64>] { leases.withLock { $0 } }

    /// Claims and completes jobs until all workers together have completed `count`.
    func gather(from jobs: any JobsPersistence, _ limits: TypeLimits, until count: Int) async throws
    {
        let end = ContinuousClock.now + .seconds(60)
        while all.count < count, ContinuousClock.now < end {
            var claim = Claim(type: "mail", timeout: 60_000)
            claim.limits = limits
            let found = try await jobs.claim(claim)
            // Without it, claims of a store in memory keep all threads from the workers with jobs.
            if found.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            for started in found {
                await Task.yield()
                let result = try await jobs.change([
                    JobChange(started.job.id, started.lockToken, .complete)
                ])
                let done = try #require(try result[0].get())
                let from = try #require(started.job.started).milliseconds
                let to = try #require(done.completed).milliseconds
                leases.withLock { $0.append(from...max(from, to)) }
            }
        }
    }
}

extension StoreUnderTest {
    /// Sets the limits of a type, as operators do.
    func limit(_ limits: TypeLimits, of type: String = "mail") async throws -> TypeLimits {
        var settings = TypeSettings()
        settings.maxRunning = limits.maxRunning
        settings.maxRunningPerGroup = limits.maxRunningPerGroup
        settings.maxStarts = limits.maxStarts
        let written = try await jobs.records.update(.type, type) { _ in settings.json }
        #expect(written != nil)
        return limits
    }

    /// Claims jobs as the engine does for a type with limits.
    func claim(
        _ limits: TypeLimits?, count: Int = 1, timeout: Int64 = 60_000
    ) async throws -> [StartedJob] {
        var claim = Claim(type: "mail", timeout: timeout, limit: count)
        claim.limits = limits
        return try await jobs.claim(claim)
    }

    /// Starts a job by its id as the engine does for a type with limits.
    func start(_ limits: TypeLimits, _ id: JobID, timeout: Int64 = 60_000) async throws
        -> StartedJob?
    {
        var start = Start(id, timeout: timeout)
        start.limits = [ExactText("mail"): limits]
        return try await jobs.start(start)
    }

    /// Adds a job of a group.
    @discardableResult
    func add(group: String?, priority: Int = 0) async throws -> Job {
        var new = NewJob(type: "mail", refID: "1", priority: priority)
        new.group = group
        return try #require(try await jobs.add([new]).first).get()
    }
}
