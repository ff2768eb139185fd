package import Jobs
import Platform

/// All jobs of a store in memory, indexed by id, type and reference. The store protects the value
/// with a lock.
package struct MemoryJobs {
    private let byID = OrderedTree<IDEntry>()
    private(set) var queues: [ExactText: TypeQueue] = [:]
    let errors = ErrorIndex()
    var ids = JobIDGenerator()
    var records = RecordTable()
    let isRecording: Bool
    let observer: any JobObserver
    var changes: [StoredChange] = []
    private var shrinkage = Shrinkage()

    /// - Parameters:
    ///   - isRecording: Whether changes are kept for ``takeChanges()``.
    ///   - observer: Receives events, also of changes that are taken back later.
    package init(isRecording: Bool = false, observer: any JobObserver = IgnoringObserver()) {
        self.isRecording = isRecording
        self.observer = observer
    }

    /// Adds a job, unless an earlier call with the same request id has added one.
    package mutating func addOnce(_ new: NewJob, at now: Timestamp) -> Result<Job, JobsError> {
        added(new) ?? .success(add(new, at: now))
    }

    package mutating func add(_ new: NewJob, at now: Timestamp, isUnique: Bool = false) -> Job {
        let queue = queue(of: new.type)
        var job = Job(new, id: ids.next(at: now), at: now, isUnique: isUnique)
        // All jobs of the type share one copy of the string.
        job.type = queue.type
        let record = JobRecord(StoredJob(job: job), queue: queue)
        insert(record, at: now)
        observer.observe(.added(job))
        if isRecording { changes.append(.added(record.stored)) }
        return job
    }

    package mutating func addUnique(_ new: NewJob, at now: Timestamp) -> Result<Job, JobsError> {
        if let added = added(new) { return added }
        if let queue = queues[ExactText(new.type)],
            let existing = queue.unfinished(refID: new.refID, at: now)
        {
            return .success(existing.job)
        }
        return .success(add(new, at: now, isUnique: true))
    }

    /// Returns the job that an earlier call with the same request id has added.
    private func added(_ new: NewJob) -> Result<Job, JobsError>? {
        guard let id = new.requestID,
            let job = queues[ExactText(new.type)]?.requests.added(ExactText(id))?.job
        else { return nil }
        guard ExactText(job.refID) == ExactText(new.refID) else {
            return .failure(.requestConflict(job.id))
        }
        return .success(job)
    }

    package func get(_ id: JobID) -> Job? {
        record(id)?.job
    }

    package func types(of ids: Set<JobID>) -> [JobID: String] {
        ids.reduce(into: [:]) { types, id in types[id] = record(id)?.job.type }
    }

    /// Changes a job unless the fencing check fails, and moves it to its new place.
    package mutating func change(_ change: JobChange, at now: Timestamp) -> Result<Job?, JobsError>
    {
        guard let record = record(change.id) else { return .success(nil) }
        guard !change.isFenced(by: record.lockToken) else { return .failure(.lockLost(change.id)) }
        guard let job = record.job.applying(change.act, at: now) else {
            guard case .replay = change.act else { return .success(record.job) }
            return .failure(.notReplayed(change.id, isKeyTaken: false))
        }
        if case .replay = change.act, hasTakenKey(of: record.job, at: now) {
            return .failure(.notReplayed(change.id, isKeyTaken: true))
        }
        if change.act == .release, let start = record.job.started {
            takeBack(start, of: job.type, at: now)
        }
        self.change(
            record, to: job, by: change.act, lockToken: change.act.token(after: record.lockToken),
            at: now)
        return .success(job)
    }

    /// Whether another unfinished job that was added as unique has the type and reference of a job
    /// that was added as unique.
    private func hasTakenKey(of job: Job, at now: Timestamp) -> Bool {
        guard job.isUnique, let queue = queues[ExactText(job.type)] else { return false }
        return queue.hasUnique(refID: job.refID, otherThan: job.id, at: now)
    }

    /// Changes a job by an act, or otherwise; reports how it ended, and moves it to its new place.
    mutating func change(
        _ record: JobRecord, to job: Job, by act: Act?, lockToken: LockToken?, at now: Timestamp
    ) {
        if let act, let event = JobEvent(end: act, job, started: record.job.started) {
            observer.observe(event)
        }
        record.queue.dequeue(record)
        set(record, to: job, lockToken: lockToken, at: now)
    }

    /// Returns the milliseconds until the first unavailable job of the type becomes available.
    package func nextAvailability(of type: String, at now: Timestamp) -> Int64? {
        queues[ExactText(type)]?.nextAvailability(at: now)
    }

    package mutating func delete(_ id: JobID) -> Job? {
        guard let record = record(id) else { return nil }
        delete(record)
        if isRecording { changes.append(.removed(record.stored)) }
        return record.job
    }

    /// Visits up to `limit` jobs after `id`, ordered by id or in descending order.
    ///
    /// - Returns: Where to continue; `nil` at the end.
    package func visit(
        after id: JobID?, limit: Int, isDescending: Bool = false, _ body: (Job) -> Bool
    ) -> JobID? {
        visitRecords(after: id, limit: limit, isDescending: isDescending) { body($0.job) }
    }

    /// Counts up to `limit` jobs after `id`.
    ///
    /// - Returns: Where to continue; `nil` at the end.
    package func count(
        _ counts: inout [ExactText: JobCounts], after id: JobID?, limit: Int, maxRetries: Int,
        at now: Timestamp
    ) -> JobID? {
        visit(after: id, limit: limit) { job in
            counts[ExactText(job.type), default: JobCounts()]
                .count(job, maxRetries: maxRetries, at: now)
            return true
        }
    }

    func visitRecords(
        after id: JobID?, limit: Int, isDescending: Bool = false, _ body: (JobRecord) -> Bool
    ) -> JobID? {
        var visited = 0
        var last: JobID?
        let visit = { (entry: IDEntry) in
            visited += 1
            last = entry.id
            guard body(entry.record) else {
                last = nil
                return false
            }
            return visited < limit
        }
        if isDescending {
            byID.forEachReversed(before: { entry in id.map { entry.id < $0 } ?? true }, do: visit)
        } else {
            byID.forEach(notBefore: { entry in id.map { entry.id <= $0 } ?? false }, do: visit)
        }
        return visited < limit ? nil : last
    }

    /// Removes the disposable jobs among up to `limit` jobs after `id`, and records cancellations
    /// that took effect when a lease lapsed.
    ///
    /// - Returns: Where to continue, `nil` at the end; and the numbers of removed jobs.
    package mutating func clean(
        after id: JobID?, limit: Int, _ cleaning: Cleaning, at now: Timestamp
    ) -> (next: JobID?, cleaned: CleanedJobs) {
        var disposable: [JobID] = []
        var unrecorded: [JobRecord] = []
        var cleaned = CleanedJobs()
        let next = visitRecords(after: id, limit: limit) { record in
            if record.job.hasUnrecordedCancellation(at: now) { unrecorded.append(record) }
            guard let reason = record.job.disposal(at: now, cleaning) else { return true }
            disposable.append(record.job.id)
            cleaned.count(reason)
            // An expired job that no claim has found so far.
            if reason == .expired, record.place != .nowhere {
                observer.observe(.expired(type: record.job.type))
            }
            return true
        }
        for record in unrecorded {
            guard let settled = record.job.settled(at: now) else { continue }
            change(record, to: settled, by: .settle, lockToken: record.lockToken, at: now)
        }
        for id in disposable { _ = delete(id) }
        observer.observe(.cleaned(cleaned))
        return (next, cleaned)
    }

    /// Removes all jobs, but no records. Ids continue to increase.
    ///
    /// - Returns: The removed jobs, which the caller can deallocate outside the lock.
    package mutating func removeAll() -> MemoryJobs {
        let old = self
        self = MemoryJobs(isRecording: isRecording, observer: observer)
        ids = old.ids
        records = old.records
        shrinkage = old.shrinkage
        noteRemoval()
        if isRecording { changes = [.cleared(old)] }
        return old
    }

    package var count: Int { byID.count }

    func record(_ id: JobID) -> JobRecord? {
        guard let entry = byID.first(notBefore: { $0.id < id }), entry.id == id else { return nil }
        return entry.record
    }

    mutating func queue(of type: String) -> TypeQueue {
        let key = ExactText(type)
        if let queue = queues[key] { return queue }
        let queue = TypeQueue(type: type, observer: observer)
        queues[key] = queue
        return queue
    }

    mutating func insert(_ record: JobRecord, at now: Timestamp) {
        byID.insert(IDEntry(record))
        errors.insert(record)
        shrinkage.grow(to: byID.count)
        record.queue.count += 1
        record.queue.requests.insert(record)
        place(record, at: now)
    }

    mutating func delete(_ record: JobRecord) {
        byID.remove(IDEntry(record))
        errors.remove(record)
        record.queue.dequeue(record)
        record.queue.removeReference(record)
        record.queue.requests.remove(record)
        record.queue.count -= 1
        if record.queue.count == 0 { queues[ExactText(record.queue.type)] = nil }
        noteRemoval()
    }

    private mutating func noteRemoval() {
        if shrinkage.shrink(to: byID.count) { FreedMemory.giveBackSoon() }
    }

    mutating func lease(_ record: JobRecord, as job: Job, at now: Timestamp) -> StartedJob {
        if record.job.isLeased { observer.observe(.lapsed(type: record.job.type)) }
        let token = LockToken.random()
        set(record, to: job, lockToken: token, at: now)
        return StartedJob(job: job, lockToken: token)
    }

    /// Changes a job that is in no queue, and adds it to the queue of its state.
    private mutating func set(
        _ record: JobRecord, to job: Job, lockToken: LockToken?, at now: Timestamp
    ) {
        var stored = record.stored
        stored.job = job
        stored.lockToken = lockToken
        if isRecording { changes.append(.changed(from: record.stored, to: stored)) }
        record.queue.requests.change(record) { errors.change($0, to: stored) }
        place(record, at: now)
    }

    /// Adds a job that is in no queue to the queue of its state.
    private func place(_ record: JobRecord, at now: Timestamp) {
        if record.job.isEnded {
            record.queue.removeReference(record)
        } else {
            record.queue.enqueue(record, at: now)
        }
    }
}
