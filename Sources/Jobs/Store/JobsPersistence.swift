/// A store of jobs, with one method for each operation on them.
///
/// Every method is one atomic step, unless it says otherwise. The store judges and stamps jobs by
/// its own clock; no method reads, decides and then writes. The frequent operations (adding,
/// claiming by type, changing a lease) take several items and return a result for each, in the
/// order of the arguments. So concurrent calls can be merged above the store.
///
/// A store that cannot do its work throws ``JobsError/unavailable(reason:)``. It never answers as
/// if it had no jobs. Every method may also throw ``JobsError/timedOut(reason:)`` at the time limit
/// of the store, ``JobsError/overloaded`` if too many calls are waiting,
/// ``JobsError/refused(reason:)`` if the store can never accept the call, and `CancellationError`.
public protocol JobsPersistence: JobsCensus {
    /// The records beside the jobs.
    var records: any JobsRecords { get }

    /// Adds jobs.
    ///
    /// Of jobs with the same type and request id one is added. The others get that job as it is
    /// now, or ``JobsError/requestConflict(_:)`` if its reference is another one, as long as it is
    /// in the store.
    ///
    /// - Returns: The added job, or the error, for each of `newJobs`.
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>]

    /// Adds jobs and writes a record, both or neither, if the record still has its version.
    ///
    /// Of concurrent calls for one version of a record exactly one takes effect, across all
    /// instances of the service. So a caller that repeats a call after an error whose outcome is
    /// unknown adds the jobs at most once: it reads the record first, and gives up if its version
    /// has changed.
    ///
    /// - Returns: The added jobs and the record; `nil` if the record has another version or does
    ///   not exist, with nothing done.
    func add(_ addition: RecordedAddition) async throws -> RecordedJobs?

    /// Adds a job unless an open job of the same type and reference exists, or any job of the same
    /// type and request id.
    ///
    /// A job is open if it has neither ended nor expired, no matter how it was added. Of
    /// concurrent calls exactly one adds a job, across all instances of the service.
    ///
    /// - Returns: The added job, or the oldest open one.
    func addUnique(_ newJob: NewJob) async throws -> Job

    /// Returns a page of the matching jobs, ordered by id, which is the order of creation, or in
    /// descending order.
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage

    /// Returns the groups of the jobs whose last attempts failed, at most
    /// ``ErrorGroups/maximumCount``, the largest first.
    ///
    /// The numbers are for people, not for decisions: jobs change while they are counted. Groups of
    /// more than ``ErrorGroups/exactCount`` jobs may be counted in part.
    func errors(_ query: ErrorQuery) async throws -> ErrorGroups

    /// Returns a job, or `nil` if no job has this id.
    func get(_ id: JobID) async throws -> Job?

    /// Returns the types of jobs, with one command. Ids without a job are left out.
    func types(of ids: Set<JobID>) async throws -> [JobID: String]

    /// Returns the time by which the store judges leases, delays and expiry.
    func now() async throws -> Timestamp

    /// Starts a job by its id.
    ///
    /// - Returns: The started job; `nil` if the job does not exist, has ended or expired, or is
    ///   under a live lease.
    func start(_ start: Start) async throws -> StartedJob?

    /// Starts jobs of a type that are ready and were started fewer times than the claim allows.
    ///
    /// Jobs with a higher priority are started first, then those that became available earlier,
    /// then by id. A request that was served before starts no job, also while it is served
    /// concurrently: the result has the jobs that ``served(_:type:)`` returns for it.
    ///
    /// - Returns: The started jobs; empty if there are none.
    func claim(_ claim: Claim) async throws -> [StartedJob]

    /// Returns the jobs of claims that were served before.
    ///
    /// A claim with a request id is served once it has started a job, and until all its jobs are
    /// started again, given back undelivered, or removed.
    ///
    /// - Parameters:
    ///   - requests: The request ids of the claims.
    ///   - type: The type of the jobs.
    /// - Returns: For each request that was served the jobs that are still under its leases, also
    ///   lapsed ones; empty if there are none.
    func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]

    /// Changes jobs, each as ``Job/applying(_:at:)`` defines.
    ///
    /// The results are the same as if the changes were made one after the other.
    ///
    /// - Returns: For each change the job after it, which is unchanged if the act does not apply;
    ///   `nil` if the job does not exist; ``JobsError/lockLost(_:)`` if the token is not that of
    ///   the last lease; ``JobsError/notReplayed(_:isKeyTaken:)`` if a replay does not apply.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>]

    /// Looks at some jobs in the order of ids, and returns those that match.
    ///
    /// The cost is bounded whatever the filter is. An index whose order is that of ids is used if
    /// there is one for the filter, so that only jobs in it are looked at.
    ///
    /// - Parameters:
    ///   - filter: The conditions on the jobs.
    ///   - id: The id behind which to begin; `nil` for the beginning. No job needs to have it.
    ///   - limit: The number of jobs to look at, at least 1.
    func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws
        -> JobSlice

    /// Changes or removes many jobs in the same way, each in an atomic step of its own.
    ///
    /// Skips jobs that no longer match the filter of the batch, and jobs to which the act does not
    /// apply.
    func treat(_ batch: JobBatch) async throws -> BatchOutcome

    /// Returns how long it takes until a further job of a type becomes available, because its delay
    /// or its lease ends.
    ///
    /// - Returns: Milliseconds, at least 1, possibly too few but never too many; `nil` if no delay
    ///   or lease is known that will end.
    func nextAvailability(of type: String) async throws -> Int64?

    /// Returns the times of the last starts of a type that has a maximum number of starts.
    func recentStarts(of type: String) async throws -> StartTimes

    /// Removes a job, regardless of its state.
    ///
    /// - Returns: The job before its removal; `nil` if it does not exist.
    func delete(_ id: JobID) async throws -> Job?

    /// Removes the jobs that exist at one moment of the call, and none that is added later.
    ///
    /// A call that fails or is cancelled may have removed some of them. Another call removes the
    /// rest.
    ///
    /// - Returns: The number of removed jobs.
    /// - Throws: ``JobsError/timedOut(reason:)`` with the number of removed jobs if it fails
    ///   midway.
    @discardableResult
    func deleteAll() async throws -> Int

    /// Removes the jobs for which ``Job/disposal(at:_:)`` gives a reason.
    ///
    /// A call that fails or is cancelled may have removed some of them. They stay removed.
    ///
    /// - Parameter cleaning: What to remove.
    /// - Returns: The numbers of removed jobs.
    /// - Throws: ``JobsError/timedOut(reason:)`` with the number of removed jobs if it fails
    ///   midway.
    @discardableResult
    func clean(_ cleaning: Cleaning) async throws -> CleanedJobs

    /// Cleans like ``clean(_:)``, unless another process is cleaning at the moment.
    ///
    /// - Parameter cleaning: What to remove.
    /// - Returns: The numbers of removed jobs; `nil` if another process is cleaning.
    func cleanInTurn(_ cleaning: Cleaning) async throws -> CleanedJobs?
}

extension JobsPersistence {
    /// Takes back starts whose callers did not receive the jobs.
    ///
    /// A lease that is not the last one is skipped. If the store refuses the change of a job, its
    /// lease lapses at its end.
    ///
    /// - Throws: The error of the store, except ``JobsError/lockLost(_:)`` and
    ///   ``JobsError/refused(reason:)`` of a single job.
    public func release(_ started: [StartedJob]) async throws {
        for case .failure(let error) in try await change(started.map(JobChange.release)) {
            switch error {
            case .lockLost, .refused: continue
            default: throw error
            }
        }
    }

    /// Returns the times of the last starts. This default is for a store that keeps them in a
    /// record.
    public func recentStarts(of type: String) async throws -> StartTimes {
        StartTimes(try await records.record(.turnstile, type)?.value)
    }

    /// Cleans at once. This default is for a store that only this process uses.
    public func cleanInTurn(_ cleaning: Cleaning) async throws -> CleanedJobs? {
        try await clean(cleaning)
    }
}
