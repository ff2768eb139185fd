import Jobs

/// All jobs of a memory store, found by id, by type and by reference. Not safe to share: the store
/// has it behind a lock.
struct MemoryJobs {
    private let byID = OrderedTree<IDEntry>()
    private var queues: [ExactText: TypeQueue] = [:]
    private var ids = JobIDGenerator()

    mutating func add(_ new: NewJob, at now: Timestamp) -> Job {
        let queue = queue(of: new.type)
        var job = Job(new, id: ids.next(at: now), at: now)
        // One copy of the name for all jobs of the type.
        job.type = queue.type
        let record = JobRecord(job: job, queue: queue)
        byID.insert(IDEntry(record))
        queue.count += 1
        queue.enqueue(record, at: now)
        return job
    }

    mutating func addUnique(_ new: NewJob, at now: Timestamp) -> Job {
        if let queue = queues[ExactText(new.type)],
            let existing = queue.unfinished(refID: new.refID, at: now)
        {
            return existing.job
        }
        return add(new, at: now)
    }

    func get(_ id: JobID) -> Job? {
        record(id)?.job
    }

    func start(_ id: JobID, timeout: Int64, at now: Timestamp) -> StartedJob? {
        guard let record = record(id), let job = record.job.started(at: now, timeout: timeout)
        else {
            return nil
        }
        record.queue.dequeue(record)
        return lease(record, as: job, at: now)
    }

    func start(type: String, timeout: Int64, maxRetries: Int, limit: Int, at now: Timestamp)
        -> [StartedJob]
    {
        guard let queue = queues[ExactText(type)] else { return [] }
        queue.advance(to: now)
        var claimed: [(record: JobRecord, job: Job)] = []
        while claimed.count < limit,
            let record = queue.dequeueReady(at: now, maxRetries: maxRetries),
            let job = record.job.started(at: now, timeout: timeout)
        {
            claimed.append((record, job))
        }
        // Back into the queue only now: a lease that is over at once must not be met again.
        return claimed.map { lease($0.record, as: $0.job, at: now) }
    }

    func release(_ started: StartedJob, at now: Timestamp) {
        let lease = LeaseReference(id: started.job.id, lockToken: started.lockToken)
        _ = change(lease, at: now) { record in
            guard let job = record.job.released() else { return nil }
            record.lockToken = nil
            return (job, job.availableAt())
        }
    }

    /// Milliseconds until the first job of the type that is not available yet.
    func nextAvailability(of type: String, at now: Timestamp) -> Int64? {
        queues[ExactText(type)]?.nextAvailability(at: now)
    }

    func extend(_ extension: LeaseExtension, at now: Timestamp) -> Result<Job?, JobsError> {
        change(`extension`.lease, at: now) { record in
            guard let job = record.job.extended(at: now, timeout: `extension`.timeout) else {
                return nil
            }
            return (job, job.availableAt())
        }
    }

    func abort(_ abort: LeaseAbort, at now: Timestamp) -> Result<Job?, JobsError> {
        change(abort.lease, at: now) { record in
            record.job.aborted(at: now, delay: abort.delay).map { ($0, $0.availableAt()) }
        }
    }

    func complete(_ lease: LeaseReference, at now: Timestamp) -> Result<Job?, JobsError> {
        change(lease, at: now) { record in
            record.job.completed(at: now).map { ($0, record.availableAt) }
        }
    }

    mutating func delete(_ id: JobID) -> Job? {
        guard let record = record(id) else { return nil }
        delete(record)
        return record.job
    }

    /// Visits up to `limit` jobs behind `id` in the order of ids.
    /// - Returns: where to go on; nil at the end.
    func visit(after id: JobID?, limit: Int, _ body: (Job) -> Bool) -> JobID? {
        var visited = 0
        var last: JobID?
        byID.forEach(
            notBefore: { entry in id.map { entry.id <= $0 } ?? false },
            do: { entry in
                visited += 1
                last = entry.id
                guard body(entry.record.job) else {
                    last = nil
                    return false
                }
                return visited < limit
            })
        return visited < limit ? nil : last
    }

    /// Removes what is disposable among up to `limit` jobs behind `id`.
    /// - Returns: where to go on; nil at the end.
    mutating func clean(after id: JobID?, limit: Int, maxRetries: Int, at now: Timestamp) -> JobID?
    {
        var disposable: [JobID] = []
        let next = visit(after: id, limit: limit) { job in
            if job.isDisposable(at: now, maxRetries: maxRetries) { disposable.append(job.id) }
            return true
        }
        for id in disposable { _ = delete(id) }
        return next
    }

    /// Forgets all jobs; ids go on growing.
    /// - Returns: what held them, to be given up where nobody waits for it.
    mutating func removeAll() -> MemoryJobs {
        let old = self
        self = MemoryJobs()
        ids = old.ids
        return old
    }

    private func record(_ id: JobID) -> JobRecord? {
        guard let entry = byID.first(notBefore: { $0.id < id }), entry.id == id else { return nil }
        return entry.record
    }

    private mutating func queue(of type: String) -> TypeQueue {
        let key = ExactText(type)
        if let queue = queues[key] { return queue }
        let queue = TypeQueue(type: type)
        queues[key] = queue
        return queue
    }

    private mutating func delete(_ record: JobRecord) {
        byID.remove(IDEntry(record))
        record.queue.dequeue(record)
        record.queue.removeReference(record)
        record.queue.count -= 1
        if record.queue.count == 0 { queues[ExactText(record.queue.type)] = nil }
    }

    private func lease(_ record: JobRecord, as job: Job, at now: Timestamp) -> StartedJob {
        let token = LockToken.random()
        record.job = job
        record.lockToken = token
        record.availableAt = job.availableAt()
        record.queue.enqueue(record, at: now)
        return StartedJob(job: job, lockToken: token)
    }

    /// Changes a job that is not fenced off, and moves it to its new place.
    private func change(
        _ lease: LeaseReference, at now: Timestamp,
        _ rule: (JobRecord) -> (job: Job, availableAt: Timestamp)?
    ) -> Result<Job?, JobsError> {
        guard let record = record(lease.id) else { return .success(nil) }
        if let shown = lease.lockToken, shown != record.lockToken {
            return .failure(.lockLost(lease.id))
        }
        guard let change = rule(record) else { return .success(record.job) }
        record.queue.dequeue(record)
        record.job = change.job
        record.availableAt = change.availableAt
        if change.job.completed == nil {
            record.queue.enqueue(record, at: now)
        } else {
            record.queue.removeReference(record)
        }
        return .success(change.job)
    }
}
