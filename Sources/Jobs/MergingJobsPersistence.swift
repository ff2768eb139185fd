import CoreMetrics
import JSON
import Synchronization

/// Merges what concurrent callers ask of a store into its batches.
///
/// A durable write waits for the store's journal, and many writes in one command share that wait; and
/// claims of one type that go together do not get in each other's way. So while a command is under
/// way, the calls of its kind that come in the meantime gather, and go together when it is done. A
/// call that comes alone is passed on at once, as it is. Each caller gets his own result, or his own
/// error; an error of the command reaches all whose calls were in it.
public final class MergingJobsPersistence: JobsPersistence {
    private let store: any JobsPersistence
    private let claimSizes = batchSizes(of: "start")
    private let adds: MergingLane<[NewJob], [Result<Job, JobsError>]>
    private let extensions: MergingLane<[LeaseExtension], [Result<Job?, JobsError>]>
    private let completions: MergingLane<[LeaseReference], [Result<Job?, JobsError>]>
    /// A lane for each kind of claims, there as long as somebody uses it.
    private let claims = Mutex<[ClaimKind: (lane: ClaimLane, users: Int)]>([:])

    /// Each call is the number of jobs that it wants.
    private typealias ClaimLane = MergingLane<Int, [StartedJob]>

    /// The most bytes of `params` that go into one command: servers limit a message.
    private static let addedBytes = 4 << 20

    public init(_ store: any JobsPersistence) {
        self.store = store
        let addSizes = batchSizes(of: "add")
        let extensionSizes = batchSizes(of: "extend")
        let completionSizes = batchSizes(of: "complete")
        // Jobs are weighed in bytes, none less than a thousandth of the whole.
        adds = MergingLane(
            limits: .init(weight: Self.addedBytes), weigh: { $0.reduce(0) { $0 + $1.weight } },
            work: { try await merged($0, addSizes) { try await store.add($0) } })
        extensions = MergingLane(
            weigh: \.count,
            work: { try await merged($0, extensionSizes) { try await store.extend($0) } })
        completions = MergingLane(
            weigh: \.count,
            work: { try await merged($0, completionSizes) { try await store.complete($0) } })
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await adds.call(newJobs)
    }

    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        try await self.extensions.call(extensions)
    }

    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        try await completions.call(leases)
    }

    public func start(type: String, timeout: Int64, maxRetries: Int, limit: Int) async throws
        -> [StartedJob]
    {
        let kind = ClaimKind(
            type: ExactText(type), timeout: timeout, maxRetries: maxRetries)
        let lane = claims.withLock { claims -> ClaimLane in
            let (lane, users) = claims[kind] ?? (kind.lane(store, claimSizes), 0)
            claims[kind] = (lane, users + 1)
            return lane
        }
        defer {
            claims.withLock { claims in
                guard let (lane, users) = claims[kind] else { return }
                claims[kind] = users > 1 ? (lane, users - 1) : nil
            }
        }
        return try await lane.call(limit)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await store.addUnique(newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await store.list(filter, paging)
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await store.get(id)
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await store.types(of: ids)
    }

    public func now() async throws -> Timestamp {
        try await store.now()
    }

    public func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        try await store.start(id, timeout: timeout)
    }

    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        try await store.abort(aborts)
    }

    public func release(_ started: [StartedJob]) async throws {
        try await store.release(started)
    }

    public func nextAvailability(of type: String) async throws -> Int64? {
        try await store.nextAvailability(of: type)
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await store.delete(id)
    }

    public func deleteAll() async throws -> Int {
        try await store.deleteAll()
    }

    public func clean(maxRetries: Int) async throws -> CleanedJobs {
        try await store.clean(maxRetries: maxRetries)
    }

    public func cleanInTurn(maxRetries: Int) async throws -> CleanedJobs? {
        try await store.cleanInTurn(maxRetries: maxRetries)
    }
}

/// Claims that can be carried out by one command.
private struct ClaimKind: Hashable {
    let type: ExactText
    let timeout: Int64
    let maxRetries: Int
}

extension ClaimKind {
    /// Claims as many jobs as all calls together want, and deals them out: first come, first served.
    fileprivate func lane(_ store: any JobsPersistence, _ sizes: Recorder)
        -> MergingLane<Int, [StartedJob]>
    {
        MergingLane(
            weigh: { max($0, 0) },
            work: { limits in
                sizes.record(limits.count)
                let wanted = limits.reduce(0) { $0 + max($1, 0) }
                var started = try await store.start(
                    type: type.text, timeout: timeout, maxRetries: maxRetries, limit: wanted)[...]
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
