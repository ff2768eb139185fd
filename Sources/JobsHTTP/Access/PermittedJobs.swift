import HTTPEdge
import Jobs

/// The operations on jobs as one caller has them: where he is limited to some types, jobs of others
/// are not there for him.
///
/// What a caller names himself, a type, he is refused; where he names a job, its type has to be looked up,
/// and it is answered as an unknown one, so that he learns nothing about it. Types never change, so
/// nothing can happen between the look-up and what follows. Without limits nothing is looked up.
struct PermittedJobs: Sendable {
    private let jobs: JobsController
    private let types: Set<String>?
    private let caller: String?

    /// - Parameters:
    ///   - types: that the caller may touch; nil: all.
    ///   - caller: for whom the places of waiting claims are counted; nil: not known.
    init(_ jobs: JobsController, types: Set<String>?, caller: String?) {
        self.jobs = jobs
        self.types = types
        self.caller = caller
    }

    private func check(_ type: String?, _ path: String) throws {
        guard let types else { return }
        guard let type, types.holds(type) else { throw HTTPFailure.typeForbidden(path) }
    }

    private func checkUnlimited() throws {
        guard types == nil else { throw HTTPFailure.limited }
    }

    private func isThere(_ id: JobID) async throws -> Bool {
        try await !those(of: [id]).isEmpty
    }

    func add(_ newJob: NewJob) async throws -> Job {
        try check(newJob.type, "new_job.type")
        return try await jobs.add(newJob)
    }

    func addUnique(_ newJob: NewJob) async throws -> Job {
        try check(newJob.type, "new_job.type")
        return try await jobs.addUnique(newJob)
    }

    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try check(filter.type, "filter.type")
        return try await jobs.list(filter, paging)
    }

    func get(_ id: JobID) async throws -> Job? {
        let job = try await jobs.get(id)
        guard let types, let job else { return job }
        return types.holds(job.type) ? job : nil
    }

    /// When jobs that were just read are to be judged.
    func now() async throws -> Timestamp {
        try await jobs.now()
    }

    /// The limit of starts that a state is judged by.
    var maxRetries: Int { jobs.options.maxRetries }

    func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        guard try await isThere(id) else { return nil }
        return try await jobs.start(id, timeout: timeout)
    }

    func start(
        type: String, timeout: Int64, maxRetries: Int?, limit: Int, wait: Int64,
        onWaiting: @Sendable () -> Void
    ) async throws -> [StartedJob] {
        try check(type, "type")
        return try await jobs.start(
            type: type, timeout: timeout, maxRetries: maxRetries, limit: limit, wait: wait,
            caller: caller, onWaiting: onWaiting)
    }

    func extend(_ lease: LeaseReference, timeout: Int64) async throws -> Job? {
        guard try await isThere(lease.id) else { return nil }
        return try await jobs.extend(lease, timeout: timeout)
    }

    func abort(_ lease: LeaseReference, delay: Int64?) async throws -> Job? {
        guard try await isThere(lease.id) else { return nil }
        return try await jobs.abort(lease, delay: delay)
    }

    func complete(_ lease: LeaseReference) async throws -> Job? {
        guard try await isThere(lease.id) else { return nil }
        return try await jobs.complete(lease)
    }

    func delete(_ id: JobID) async throws -> Job? {
        guard try await isThere(id) else { return nil }
        return try await jobs.delete(id)
    }

    @discardableResult
    func deleteAll() async throws -> Int {
        try checkUnlimited()
        return try await jobs.deleteAll()
    }

    @discardableResult
    func clean() async throws -> CleanedJobs {
        try checkUnlimited()
        return try await jobs.clean()
    }
}

/// Many at once, each item judged by itself.
extension PermittedJobs {
    typealias ItemResult<Value> = Result<Value, any Error>

    /// - Parameter newJobs: each with its path among the arguments.
    func add(_ newJobs: [(path: String, job: NewJob)]) async throws -> [ItemResult<Job>] {
        let allowed = newJobs.filter { types?.holds($0.job.type) ?? true }.map(\.job)
        var added = allowed.isEmpty ? [] : try await jobs.add(allowed)[...]
        return newJobs.map { path, job in
            if let types, !types.holds(job.type) {
                return .failure(HTTPFailure.typeForbidden("\(path)type"))
            }
            return added.removeFirst().mapError { $0 }
        }
    }

    func extend(_ extensions: [LeaseExtension]) async throws -> [ItemResult<Job?>] {
        try await each(extensions, \.lease.id, jobs.extend)
    }

    func abort(_ aborts: [LeaseAbort]) async throws -> [ItemResult<Job?>] {
        try await each(aborts, \.lease.id, jobs.abort)
    }

    func complete(_ leases: [LeaseReference]) async throws -> [ItemResult<Job?>] {
        try await each(leases, \.id, jobs.complete)
    }

    private func each<Item>(
        _ items: [Item], _ id: (Item) -> JobID,
        _ work: ([Item]) async throws -> [Result<Job?, JobsError>]
    ) async throws -> [ItemResult<Job?>] {
        guard types != nil else { return try await work(items).map { $0.mapError { $0 } } }
        let there = try await those(of: Set(items.map(id)))
        let permitted = items.filter { there.contains(id($0)) }
        var results = permitted.isEmpty ? [] : try await work(permitted)[...]
        return items.map { item in
            there.contains(id(item)) ? results.removeFirst().mapError { $0 } : .success(nil)
        }
    }

    /// Which of the jobs are there for this caller, looked up in one go.
    private func those(of ids: Set<JobID>) async throws -> Set<JobID> {
        guard let types else { return ids }
        return Set(try await jobs.types(of: ids).filter { types.holds($0.value) }.keys)
    }
}
