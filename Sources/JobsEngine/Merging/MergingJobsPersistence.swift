import CoreMetrics
import JSON
public import Jobs
import Synchronization

/// A layer that merges concurrent calls into batches of the store.
///
/// A durable write waits for the journal of the store; several writes in one command share that
/// wait. Claims of one type in one command do not conflict with each other. So while a command
/// runs, further calls of its kind gather, and form the next command. A call that finds no command
/// running is passed on at once. Each caller gets its own result or error; an error of a command is
/// thrown to every caller in its batch.
public final class MergingJobsPersistence: JobsPersistenceLayer {
    /// The store that runs the batches.
    public let base: any JobsPersistence
    private let claimSizes = batchSizes(of: "start")
    private let adds: MergingLane<[NewJob], [Result<Job, JobsError>]>
    private let extensions: ChangeLane
    private let completions: ChangeLane
    /// The lanes of the kinds of claims. A lane exists as long as a claim uses it.
    private let claims = Mutex<[ClaimKind: (lane: ClaimLane, users: Int)]>([:])

    private typealias ChangeLane = MergingLane<[JobChange], [Result<Job?, JobsError>]>
    private typealias ClaimLane = MergingLane<Claim, [StartedJob]>

    /// The maximum size of the jobs in one command, in bytes, because servers limit a message.
    private static let addedBytes = 4 << 20
    /// The maximum number of jobs of claims that are merged.
    private static let claimedJobs = 1000

    /// Creates a layer over a store.
    public init(_ base: any JobsPersistence) {
        self.base = base
        let addSizes = batchSizes(of: "add")
        // The weight of a job is its size in bytes, at least a thousandth of the limit.
        adds = MergingLane(
            limits: .init(weight: Self.addedBytes), weigh: { $0.reduce(0) { $0 + $1.weight } },
            work: { try await merged($0, addSizes) { try await base.add($0) } })
        let changes = { (operation: String) in
            let sizes = batchSizes(of: operation)
            return ChangeLane(
                weigh: \.count,
                work: { try await merged($0, sizes) { try await base.change($0) } })
        }
        extensions = changes("extend")
        completions = changes("complete")
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await adds.call(newJobs)
    }

    /// Changes jobs, and merges concurrent extensions and concurrent completions.
    ///
    /// A store makes many changes of one of these kinds with one command. Other changes, those with
    /// a result or progress, and calls with mixed changes, are passed on.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        if changes.allSatisfy({ $0.act == .complete }) {
            return try await completions.call(changes)
        }
        if changes.allSatisfy({ if case .extend(_, nil) = $0.act { true } else { false } }) {
            return try await extensions.call(changes)
        }
        return try await base.change(changes)
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        // A claim that fills a batch by itself has nothing to share.
        guard claim.limit < Self.claimedJobs else { return try await base.claim(claim) }
        let kind = ClaimKind(claim)
        let lane = claims.withLock { claims -> ClaimLane in
            let (lane, users) = claims[kind] ?? (kind.lane(base, claimSizes), 0)
            claims[kind] = (lane, users + 1)
            return lane
        }
        defer {
            claims.withLock { claims in
                guard let (lane, users) = claims[kind] else { return }
                claims[kind] = users > 1 ? (lane, users - 1) : nil
            }
        }
        return try await lane.call(claim)
    }
}

/// A kind of claims that can run in one command.
private struct ClaimKind: Hashable {
    let type: ExactText
    let timeout: Int64
    let maxRetries: Int?
    let limits: TypeLimits?

    init(_ claim: Claim) {
        type = ExactText(claim.type)
        timeout = claim.timeout
        maxRetries = claim.maxRetries
        limits = claim.limits
    }

    func claim(for callers: [ClaimCaller]) -> Claim {
        var claim = Claim(
            type: type.text, timeout: timeout, maxRetries: maxRetries, callers: callers)
        claim.limits = limits
        return claim
    }
}

extension ClaimKind {
    /// Creates a lane that claims jobs for all calls of a batch and assigns them in the order of
    /// the calls.
    fileprivate func lane(_ base: any JobsPersistence, _ sizes: Recorder)
        -> MergingLane<Claim, [StartedJob]>
    {
        MergingLane(
            weigh: { max($0.limit, 0) },
            work: { claims in
                sizes.record(claims.count)
                guard claims.count > 1 else {
                    return [.success(try await base.claim(claims[0]))]
                }
                let calls = claims.map(\.allCallers)
                let started = try await base.claim(claim(for: calls.flatMap(\.self).once))
                var jobs = SharedJobs(started)
                // The jobs of one call are for one caller, unless the call was merged before.
                return calls.map { .success(jobs.deal(to: $0)) }
            })
    }
}

/// The recorder of the number of calls in each command of an operation.
private func batchSizes(of operation: String) -> Recorder {
    Recorder(label: "jobs_batch_size", dimensions: [("operation", operation)])
}

/// Runs several calls, each with several arguments, as one, and splits the results.
private func merged<Argument, Value>(
    _ calls: [[Argument]], _ sizes: Recorder,
    _ work: ([Argument]) async throws -> [Result<Value, JobsError>]
) async throws -> [Result<[Result<Value, JobsError>], JobsError>] {
    sizes.record(calls.count)
    if calls.count == 1 { return [.success(try await work(calls[0]))] }
    var results = try await work(calls.flatMap(\.self))[...]
    return calls.map { call in
        defer { results = results.dropFirst(call.count) }
        return .success(Array(results.prefix(call.count)))
    }
}

extension NewJob {
    fileprivate var weight: Int {
        max((params?.bytes.count ?? 0) + type.utf8.count + refID.utf8.count, 4096)
    }
}
