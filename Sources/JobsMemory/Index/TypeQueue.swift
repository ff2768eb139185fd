import Jobs

/// The unfinished jobs of one type, in the order in which they are claimed.
///
/// Jobs that cannot be claimed yet wait, ordered by time. A claim first moves the jobs that are due
/// to the ready ones, so every job moves once each time it becomes available. Ready jobs are
/// grouped by the number of attempts, so a claim with a limit never visits jobs that have reached
/// it. An expired job leaves the queue when a claim finds it, and so does a job that has reached its
/// own limit. A claim costs O(log n).
final class TypeQueue {
    let type: String
    /// The number of jobs of the type, including finished ones.
    var count = 0
    private let waiting = OrderedTree<QueueEntry>()
    /// The ready jobs, by ascending number of attempts. Jobs with an own limit come first, as if they
    /// had never been started. No tree is empty.
    private var ready: [(retries: Int, entries: OrderedTree<QueueEntry>)] = []
    private let references = OrderedTree<ReferenceEntry>()
    /// The jobs that were added or started with a request id.
    let requests = RequestIndex()
    private let observer: any JobObserver
    /// The limit of attempts of the last claim. Jobs that have reached it are exhausted.
    private var limit = Int.max

    init(type: String, observer: any JobObserver) {
        self.type = type
        self.observer = observer
    }

    /// Adds an unfinished job to the queue, for the first time or again.
    func enqueue(_ record: JobRecord, at now: Timestamp) {
        if !record.isReferenced {
            record.isReferenced = true
            references.insert(ReferenceEntry(record))
        }
        if record.availableAt > now {
            record.place = .waiting
            waiting.insert(record.waitingEntry)
        } else {
            insertReady(record)
        }
    }

    /// Removes a job, so that the fields that determine its place can change.
    func dequeue(_ record: JobRecord) {
        switch record.place {
        case .nowhere: break
        case .waiting: waiting.remove(record.waitingEntry)
        case .ready: removeReady(record)
        }
        record.place = .nowhere
    }

    /// Removes the next job to hand out, and returns it; `nil` if none is ready.
    ///
    /// If the time was later before and a job is no longer ready now, the job waits again.
    func dequeueReady(at now: Timestamp, maxRetries: Int) -> JobRecord? {
        limit = maxRetries
        while let record = firstReady(maxRetries: maxRetries)?.record {
            dequeue(record)
            if record.availableAt > now {
                enqueue(record, at: now)
            } else if record.job.isExpired(at: now) {
                observer.observe(.expired(type: type))
            } else {
                return record
            }
        }
        return nil
    }

    /// Moves the jobs that have become available since the last call to the ready ones.
    func advance(to now: Timestamp) {
        while let entry = waiting.first, entry.availableAt <= now {
            waiting.remove(entry)
            insertReady(entry.record)
        }
    }

    /// Returns the milliseconds until the first waiting job becomes available.
    func nextAvailability(at now: Timestamp) -> Int64? {
        advance(to: now)
        return waiting.first.map { $0.availableAt.milliseconds(since: now) }
    }

    /// Returns the oldest job with the reference `refID` that has neither ended nor expired, and drops
    /// the others.
    func unfinished(refID: String, at now: Timestamp) -> JobRecord? {
        var found: JobRecord?
        var gone: [JobRecord] = []
        forEach(refID: refID) { record in
            guard record.job.isExpired(at: now) || record.job.isEnded(at: now) else {
                found = record
                return false
            }
            gone.append(record)
            return true
        }
        for record in gone { removeReference(record) }
        return found
    }

    /// Whether another job with the reference `refID` was added as unique and has neither ended nor
    /// expired.
    func hasUnique(refID: String, otherThan id: JobID, at now: Timestamp) -> Bool {
        var isFound = false
        forEach(refID: refID) { record in
            let job = record.job
            isFound =
                job.isUnique && job.id != id && !job.isExpired(at: now) && !job.isEnded(at: now)
            return !isFound
        }
        return isFound
    }

    /// Visits the jobs with the reference `refID`, oldest first, until `body` returns false.
    private func forEach(refID: String, do body: (JobRecord) -> Bool) {
        let hash = ExactText(refID).hashValue
        references.forEach(
            notBefore: { $0.hash < hash },
            do: { entry in
                guard entry.hash == hash else { return false }
                guard ExactText(entry.record.job.refID) == ExactText(refID) else { return true }
                return body(entry.record)
            })
    }

    /// Removes the reference of a job that is finished or cannot be started again.
    func removeReference(_ record: JobRecord) {
        guard record.isReferenced else { return }
        record.isReferenced = false
        references.remove(ReferenceEntry(record))
    }

    private func firstReady(maxRetries: Int) -> QueueEntry? {
        var best: QueueEntry?
        for bucket in ready {
            guard bucket.retries < maxRetries else { break }
            guard let first = bucket.entries.first else { continue }
            if best.map({ first < $0 }) ?? true { best = first }
        }
        return best
    }

    private func insertReady(_ record: JobRecord) {
        if record.job.hasReached(limit) { observer.observe(.exhausted(type: type)) }
        guard let retries = record.countedRetries else {
            record.place = .nowhere
            return
        }
        record.place = .ready
        var index = 0
        while index < ready.count, ready[index].retries < retries { index += 1 }
        if index == ready.count || ready[index].retries != retries {
            ready.insert((retries, OrderedTree()), at: index)
        }
        ready[index].entries.insert(record.readyEntry)
    }

    private func removeReady(_ record: JobRecord) {
        guard let index = ready.firstIndex(where: { $0.retries == record.countedRetries }) else {
            return
        }
        ready[index].entries.remove(record.readyEntry)
        if ready[index].entries.isEmpty { ready.remove(at: index) }
    }
}

extension JobRecord {
    /// The number of starts that counts for the limit of a claim; `nil` if the job has reached its own
    /// limit.
    fileprivate var countedRetries: Int? {
        guard let own = job.maxRetries else { return job.retries }
        return job.retries < own ? .min : nil
    }

    fileprivate var waitingEntry: QueueEntry {
        QueueEntry(priority: 0, availableAt: availableAt, record: self)
    }

    fileprivate var readyEntry: QueueEntry {
        QueueEntry(priority: job.priority, availableAt: availableAt, record: self)
    }
}
