/// Where jobs are kept: one method for each thing that can happen to them.
///
/// Every method is one step that happens whole or not at all, judged and stamped by the store's
/// own clock; none reads, decides and then writes. What callers ask for one at a time and often
/// (adding, starting by type, changing a lease) takes many at once, each with a result of its own,
/// so that concurrent calls can be merged above the stores. Results come in the order of arguments.
///
/// A store that cannot do its work throws ``JobsError/unavailable(reason:)``. It never answers as
/// if there were no jobs.
public protocol JobsPersistence: Sendable {
    /// Adds a job for each of `newJobs`.
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>]

    /// Adds a job unless there is one of the same type and reference that is neither completed nor
    /// expired, however that was added; then it is the answer, the oldest if there are several.
    /// Of concurrent calls exactly one adds, over all instances of the service.
    func addUnique(_ newJob: NewJob) async throws -> Job

    /// The jobs that match, ordered by id, which is the order of creation.
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage

    func get(_ id: JobID) async throws -> Job?

    /// The types of those of the jobs that are there, in one command.
    func types(of ids: Set<JobID>) async throws -> [JobID: String]

    /// The time by which the store judges leases, delays and expiry.
    func now() async throws -> Timestamp

    /// Starts this job, if it is neither completed, expired nor under a live lease.
    func start(_ start: Start) async throws -> StartedJob?

    /// Starts jobs of a type that are ready and were started fewer times than the claim allows: higher
    /// priority first, then what became available earlier, then by id.
    func claim(_ claim: Claim) async throws -> [StartedJob]

    /// Changes jobs, each as ``Job/applying(_:at:)`` says.
    ///
    /// Success with `nil` where there is no such job; the job unchanged where the act does not apply;
    /// ``JobsError/lockLost(_:)`` where the token is not the last lease's. Results are those of making
    /// the changes one after the other.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>]

    /// Milliseconds until the first job of a type becomes available that is not yet: until a delay or
    /// a lease ends. At least 1; `nil` if nothing is known that will. May be early, never late.
    func nextAvailability(of type: String) async throws -> Int64?

    /// Removes a job, whatever its state. The job as it was, or nil.
    func delete(_ id: JobID) async throws -> Job?

    /// Removes the jobs that there are at one moment of the call, and none that is added later.
    ///
    /// A removal that fails or is cancelled may have removed some of them; another one goes on.
    /// - Returns: how many there were.
    /// - Throws: ``JobsError/timedOut(reason:)`` with how many were removed if it fails midway.
    @discardableResult
    func deleteAll() async throws -> Int

    /// Removes the jobs that ``Job/isDisposable(at:maxRetries:)`` speaks of.
    ///
    /// What is removed stays removed if it fails, or is cancelled, midway.
    /// - Throws: as ``deleteAll()``.
    @discardableResult
    func clean(maxRetries: Int) async throws -> CleanedJobs

    /// Cleans as ``clean(maxRetries:)`` does, unless another process is doing so at the moment.
    /// - Returns: what was removed; `nil` if another process is at it.
    func cleanInTurn(maxRetries: Int) async throws -> CleanedJobs?
}

extension JobsPersistence {
    /// Takes back starts that their callers never learned of. Nothing happens where a lease is no longer
    /// the last; one that the store does not let be changed ends by itself.
    /// - Throws: what keeps the store from doing so.
    public func release(_ started: [StartedJob]) async throws {
        for case .failure(let error) in try await change(started.map(JobChange.release)) {
            switch error {
            case .lockLost, .refused: continue
            default: throw error
            }
        }
    }

    /// Cleans at once: the store belongs to this process.
    public func cleanInTurn(maxRetries: Int) async throws -> CleanedJobs? {
        try await clean(maxRetries: maxRetries)
    }
}
