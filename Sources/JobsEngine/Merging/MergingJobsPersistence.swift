import CoreMetrics
import JSON
public import Jobs
import Synchronization

/// Merges what concurrent callers ask of a store into its batches.
///
/// A durable write waits for the store's journal, and many writes in one command share that wait; and
/// claims of one type that go together do not get in each other's way. So while a command is under
/// way, the calls of its kind that come in the meantime gather, and go together when it is done. A
/// call that comes alone is passed on at once, as it is. Each caller gets its own result, or its own
/// error; an error of the command reaches all whose calls were in it.
public final class MergingJobsPersistence: JobsPersistenceLayer {
    public let base: any JobsPersistence
    private let claimSizes = batchSizes(of: "start")
    private let adds: MergingLane<[NewJob], [Result<Job, JobsError>]>
    private let extensions: ChangeLane
    private let completions: ChangeLane
    /// A lane for each kind of claims, there as long as a claim uses it.
    private let claims = Mutex<[ClaimKind: (lane: ClaimLane, users: Int)]>([:])

    private typealias ChangeLane = MergingLane<[JobChange], [Result<Job?, JobsError>]>
    /// Each call is the number of jobs that it wants.
    private typealias ClaimLane = MergingLane<Int, [StartedJob]>

    /// The most bytes of `params` that go into one command: servers limit a message.
    private static let addedBytes = 4 << 20

    public init(_ base: any JobsPersistence) {
        self.base = base
        let addSizes = batchSizes(of: "add")
        // Jobs are weighed in bytes, none less than a thousandth of the whole.
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

    /// Extensions go together, and so do completions: a store makes many of one kind by one command.
    /// Other changes, and calls that mix them, are passed on.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        if changes.allSatisfy({ $0.act == .complete }) {
            return try await completions.call(changes)
        }
        if changes.allSatisfy({ if case .extend = $0.act { true } else { false } }) {
            return try await extensions.call(changes)
        }
        return try await base.change(changes)
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
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
        return try await lane.call(claim.limit)
    }
}

/// Claims that can be carried out by one command.
private struct ClaimKind: Hashable {
    let type: ExactText
    let timeout: Int64
    let maxRetries: Int?

    init(_ claim: Claim) {
        type = ExactText(claim.type)
        timeout = claim.timeout
        maxRetries = claim.maxRetries
    }

    func claim(limit: Int) -> Claim {
        Claim(type: type.text, timeout: timeout, maxRetries: maxRetries, limit: limit)
    }
}

extension ClaimKind {
    /// Claims as many jobs as all calls together want, and deals them out: first come, first served.
    fileprivate func lane(_ base: any JobsPersistence, _ sizes: Recorder)
        -> MergingLane<Int, [StartedJob]>
    {
        MergingLane(
            weigh: { max($0, 0) },
            work: { limits in
                sizes.record(limits.count)
                let wanted = limits.reduce(0) { $0 + max($1, 0) }
                var started = try await base.claim(claim(limit: wanted))[...]
                return limits.map { limit in
                    defer { started = started.dropFirst(max(limit, 0)) }
                    return .success(Array(started.prefix(max(limit, 0))))
                }
            })
    }
}

/// Of how many calls the commands of an operation are made.
private func batchSizes(of operation: String) -> Recorder {
    Recorder(label: "jobs_batch_size", dimensions: [("operation", operation)])
}

/// Carries out calls that each have several arguments as one, and deals the results out again.
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
