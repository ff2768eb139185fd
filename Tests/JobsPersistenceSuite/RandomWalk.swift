import JSON
import Jobs
import SeededRandom
import Testing

extension StoreRequirement {
    /// Random operations on a few jobs, each compared with a model.
    static let walks: [StoreRequirement] = (1...4).map { seed in
        StoreRequirement("a random walk of all operations follows the rules (seed \(seed))") {
            store in
            var walk = RandomWalk(store, seed: UInt64(seed))
            try await walk.run(steps: 250)
        }
    }
}

/// A sequence of random operations on a store and on a model of it.
private struct RandomWalk {
    let store: StoreUnderTest
    private var model = WalkModel()
    private var random: SplitMix64
    /// The tokens that any job has had.
    private var tokens: [JobID: [LockToken]] = [:]
    private let types = ["mail", "other"]

    init(_ store: StoreUnderTest, seed: UInt64) {
        self.store = store
        random = SplitMix64(seed: seed)
    }

    mutating func run(steps: Int) async throws {
        for step in 1...steps {
            let said = try await self.step()
            // What lasts a millisecond is over at the next step.
            try await store.pass(milliseconds: 3)
            guard try await isSame(after: "step \(step): \(said)") else { return }
        }
    }

    /// - Returns: What was done.
    private mutating func step() async throws -> String {
        let now = try await store.jobs.now()
        switch Int.random(in: 0..<100, using: &random) {
        case ..<8: return try await add()
        case ..<16: return try await addUnique(at: now)
        case ..<30: return try await claim(at: now)
        case ..<40: return try await start(at: now)
        case ..<93: return try await change(at: now)
        case ..<96: return try await delete()
        default: return try await clean(at: now)
        }
    }

    // MARK: Operations

    private mutating func add() async throws -> String {
        guard model.ids.count < 12 else { return "nothing" }
        let new = newJob()
        let job = try #require(try await pick(store.instances).add([new]).first).get()
        model.insert(job)
        return "add \(new)"
    }

    private mutating func addUnique(at now: Timestamp) async throws -> String {
        let new = newJob()
        let job = try await pick(store.instances).addUnique(new)
        if let existing = model.unfinished(new, at: now) {
            #expect(job.id == existing.id)
        } else {
            #expect(model.jobs[job.id] == nil && job.isUnique)
            model.insert(job)
        }
        return "add unique \(new)"
    }

    private mutating func newJob() -> NewJob {
        var new = NewJob(type: pick(types), refID: pick(["1", "2"]), ttl: pick([0, 0, 0, 1]))
        new.delay = pick([nil, nil, 1, 600_000])
        new.maxRetries = pick([nil, nil, 1, 2])
        new.retry = pick([nil, RetryPolicy(backoff: RetryPolicy.Backoff.none)])
        new.group = pick([nil, "g"])
        return new
    }

    private mutating func claim(at now: Timestamp) async throws -> String {
        // A claim for several jobs may take one again whose lease has lapsed at once.
        let limit = pick([1, 1, 3])
        let claim = Claim(
            type: pick(types), timeout: limit > 1 ? 600_000 : pick([-5, 0, 1, 600_000]),
            maxRetries: pick([1, 2, 100]), limit: limit, worker: pick([nil, "a", "b"]))
        let claimed = try await pick(store.instances).claim(claim)
        let claimable = model.ids.filter { model.isClaimable($0, claim, at: now) }
        // A claim for several jobs may find fewer than there are.
        #expect(claimed.isEmpty == claimable.isEmpty && claimed.count <= claim.limit, "\(claim)")
        for started in claimed {
            #expect(claimable.contains(started.job.id))
            note(started, claim.timeout, claim.worker, at: now)
        }
        return "\(claim)"
    }

    private mutating func start(at now: Timestamp) async throws -> String {
        guard let id = anyID() else { return "nothing" }
        let start = Start(id, timeout: pick([0, 1, 600_000]), worker: pick([nil, "c"]))
        if let started = try await pick(store.instances).start(start) {
            note(started, start.timeout, start.worker, at: now)
        } else {
            let isStartable = model.start(
                id, timeout: start.timeout, worker: start.worker, token: nil, at: now)
            #expect(!isStartable, "\(start)")
        }
        return "\(start)"
    }

    private mutating func note(
        _ started: StartedJob, _ timeout: Int64, _ worker: String?, at now: Timestamp
    ) {
        let id = started.job.id
        let isStartable = model.start(
            id, timeout: timeout, worker: worker, token: started.lockToken, at: now)
        #expect(isStartable, "\(started)")
        #expect(started.job.shape(at: now) == model.jobs[id]?.shape(at: now))
        tokens[id, default: []].append(started.lockToken)
    }

    private mutating func change(at now: Timestamp) async throws -> String {
        var changes: [JobChange] = []
        let count = pick([1, 1, 1, 4])
        // A moment may or may not be over at the next change of one call.
        let moment: Int64 = count == 1 ? 1 : 600_000
        for _ in 0..<count {
            guard let id = anyID() else { continue }
            let known = tokens[id] ?? []
            let token: LockToken? = pick([known.last, known.last, known.first, nil, .random()])
            changes.append(JobChange(id, token, act(moment)))
        }
        let results = try await pick(store.instances).change(changes)
        for (change, result) in zip(changes, results) {
            let expected = model.change(change, at: now)
            // A store may answer an extension with the job after all the changes.
            guard changes.count == 1 || (try? result.get()) == nil else { continue }
            #expect(
                result.map { $0?.shape(at: now) } == expected.map { $0?.shape(at: now) },
                "\(change)")
        }
        return "\(changes)"
    }

    private mutating func act(_ moment: Int64) -> Act {
        let json = pick([nil, JSONText(validated: Array(#"{"a":[1.5]}"#.utf8))])
        switch Int.random(in: 0..<12, using: &random) {
        case ..<2:
            return .extend(timeout: pick([0, moment, 600_000, 600_000]), progress: json)
        case 2: return .abort(delay: pick([nil, moment, 600_000]))
        case 3: return .complete(result: json)
        case 4..<8:
            var failure = Failure(
                error: pick([nil, AttemptError(type: "E", message: "m", details: json)]),
                retry: pick([true, true, true, false]), delay: pick([nil, 0, moment, 600_000]))
            failure.policy = RetryPolicy(delay: 600_000, jitter: 0.5)
            failure.maxRetries = WalkModel.maxRetries
            failure.chance = Double.random(in: -1...1, using: &random)
            return .fail(failure)
        case 8: return .cancel
        case 9, 10:
            var replay = Replay(
                delay: pick([nil, moment, 600_000]), ttl: pick([nil, nil, 0, moment]))
            replay.maxRetries = WalkModel.maxRetries
            return .replay(replay)
        default: return pick([.release, .settle])
        }
    }

    private mutating func delete() async throws -> String {
        guard let id = anyID() else { return "nothing" }
        let removed = try await pick(store.instances).delete(id)
        #expect((removed != nil) == (model.jobs[id] != nil))
        model.remove(id)
        return "delete \(id)"
    }

    private mutating func clean(at now: Timestamp) async throws -> String {
        let kept: Int64 = 600_000
        let cleaning = Cleaning(
            maxRetries: WalkModel.maxRetries,
            retention: Retention(
                completed: pick([0, kept]), failed: pick([0, kept, kept]),
                cancelled: pick([0, kept, kept]), expired: pick([0, kept, kept])))
        let cleaned = try await pick(store.instances).clean(cleaning)
        let expected = model.clean(cleaning, at: now)
        #expect(cleaned == expected)
        return "\(cleaning)"
    }

    // MARK: Comparisons

    /// Compares all jobs, and the lists by state.
    ///
    /// - Returns: Whether the store agrees with the model.
    private mutating func isSame(after step: String) async throws -> Bool {
        let now = try await store.jobs.now()
        let instance = pick(store.instances)
        let jobs = try await instance.list(JobFilter(), Paging()).jobs
        guard jobs.map(\.id) == model.ids else {
            Issue.record("other jobs after \(step): \(jobs.map(\.id)) \(model.ids)")
            return false
        }
        for job in jobs {
            let (found, expected) = (job.shape(at: now), model.jobs[job.id]?.shape(at: now))
            guard found == expected else {
                Issue.record("after \(step): \(found), not \(String(describing: expected))")
                return false
            }
        }
        var filter = JobFilter()
        filter.state = pick(JobState.allCases)
        filter.maxRetries = WalkModel.maxRetries
        filter.type = pick([nil, pick(types)])
        let paging = Paging(wantsTotal: true, isDescending: pick([true, false]))
        let listed = try await instance.list(filter, paging)
        var expected = model.ids.filter { model.jobs[$0]?.fits(filter, at: now) ?? false }
        if paging.isDescending { expected.reverse() }
        guard listed.jobs.map(\.id) == expected, listed.total == expected.count else {
            Issue.record("other jobs in \(filter) after \(step)")
            return false
        }
        return true
    }

    private mutating func anyID() -> JobID? {
        model.ids.randomElement(using: &random)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }
}

extension Job {
    fileprivate func fits(_ filter: JobFilter, at now: Timestamp) -> Bool {
        state(at: now, maxRetries: filter.maxRetries) == filter.state
            && filter.type.map { $0 == type } ?? true
    }
}
