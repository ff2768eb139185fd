import Jobs
import SeededRandom
import Testing

extension StoreRequirement {
    /// Random operations on the jobs of a type with limits: each claim gets exactly the jobs that
    /// the limits leave room for.
    static let limitedWalks: [StoreRequirement] = (1...3).map { seed in
        StoreRequirement("a random walk of a type with limits follows them (seed \(seed))") {
            store in
            var walk = LimitedWalk(store, seed: UInt64(seed))
            try await walk.begin()
            for step in 1...120 {
                guard try await walk.isRight(step) else { return }
                // What has lapsed at once is over at the next step.
                try await store.pass(milliseconds: 3)
            }
        }
    }
}

private struct LimitedWalk {
    let store: StoreUnderTest
    private var random: SplitMix64
    private var limits = TypeLimits(maxRunning: 3, maxRunningPerGroup: 2)
    private var started: [StartedJob] = []

    init(_ store: StoreUnderTest, seed: UInt64) {
        self.store = store
        random = SplitMix64(seed: seed)
    }

    func begin() async throws {
        _ = try await store.limit(limits)
    }

    /// - Returns: Whether the step had the expected result.
    mutating func isRight(_ step: Int) async throws -> Bool {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<25:
            try await store.add(group: pick([nil, "a", "b", "c"]), priority: pick([0, 0, 1]))
        case ..<65: return try await claim(step)
        case ..<90: try await end()
        case ..<95: try await startByID()
        default:
            limits = try await store.limit(
                TypeLimits(
                    maxRunning: pick([1, 3, 5, nil]), maxRunningPerGroup: pick([1, 2, nil])))
        }
        return true
    }

    private mutating func claim(_ step: Int) async throws -> Bool {
        let count = pick([1, 2, 4])
        let timeout: Int64 = count > 1 ? 600_000 : pick([0, 600_000, 600_000])
        let expected = expected(
            try await store.list().jobs, count, at: try await store.jobs.now())
        var claim = Claim(type: "mail", timeout: timeout, limit: count)
        claim.limits = limits == TypeLimits() ? nil : limits
        let claimed = try await pick(store.instances).claim(claim)
        started += claimed
        let ids = claimed.map(\.job.id)
        // Of several instances, one may know a little later of a job that another one gave back, so
        // a claim for several jobs may find fewer.
        let isExact = store.instances.count == 1
        let isRight =
            isExact
            ? ids == expected : ids.count <= expected.count && ids.isEmpty == expected.isEmpty
        #expect(isRight, "step \(step): \(claim), got \(ids), expected \(expected)")
        return isRight
    }

    /// The jobs that a claim has to get.
    private func expected(_ jobs: [Job], _ count: Int, at now: Timestamp) -> [JobID] {
        let live = jobs.filter { job in
            job.isLeased && job.lockedUntil.map { $0 > now } ?? false
        }
        var ofGroups = Dictionary(grouping: live.compactMap(\.group), by: \.self).mapValues(\.count)
        var room = min(count, limits.maxRunning.map { $0 - live.count } ?? count)
        let ready = jobs.filter { !$0.isEnded && $0.availableAt() <= now }.sorted { one, other in
            (-one.priority, one.availableAt().milliseconds, one.id.description)
                < (-other.priority, other.availableAt().milliseconds, other.id.description)
        }
        var chosen: [JobID] = []
        for job in ready where room > 0 {
            if let group = job.group, let most = limits.maxRunningPerGroup {
                guard ofGroups[group, default: 0] < most else { continue }
                ofGroups[group, default: 0] += 1
            }
            chosen.append(job.id)
            room -= 1
        }
        return chosen
    }

    private mutating func end() async throws {
        guard let last = started.randomElement(using: &random) else { return }
        let act = pick([Act.complete, .complete, .abort(), .release, .extend(timeout: 600_000)])
        _ = try await pick(store.instances).change([
            JobChange(last.job.id, last.lockToken, act)
        ])
        if case .extend = act { return }
        started.removeAll { $0.job.id == last.job.id }
    }

    private mutating func startByID() async throws {
        guard let job = try await store.list().jobs.randomElement(using: &random) else { return }
        var start = Start(job.id, timeout: 600_000)
        start.limits = [ExactText("mail"): limits]
        if let found = try await pick(store.instances).start(start) { started.append(found) }
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
