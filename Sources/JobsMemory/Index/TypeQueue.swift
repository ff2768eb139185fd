import Jobs

/// The unfinished jobs of one type, in the order in which they are claimed.
///
/// Jobs that cannot be claimed yet wait, ordered by time. A claim first moves the jobs that are due
/// to the ready ones, so every job moves once each time it becomes available. Ready jobs are
/// grouped by the number of attempts, so a claim with a limit never visits jobs that have reached
/// it. An expired job leaves the queue when a claim finds it. A claim costs O(log n).
final class TypeQueue {
    let type: String
    /// The number of jobs of the type, including finished ones.
    var count = 0
    private let waiting = OrderedTree<QueueEntry>()
    /// The ready jobs, by ascending number of attempts. No tree is empty.
    private var ready: [(retries: Int, entries: OrderedTree<QueueEntry>)] = []
    private let references = OrderedTree<ReferenceEntry>()
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
            record.place = .ready
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
            entry.record.place = .ready
            insertReady(entry.record)
        }
    }

    /// Returns the milliseconds until the first waiting job becomes available.
    func nextAvailability(at now: Timestamp) -> Int64? {
        advance(to: now)
        return waiting.first.map { $0.availableAt.milliseconds(since: now) }
    }

    /// Returns the oldest unfinished, unexpired job with the reference `refID`, and drops expired
    /// ones.
    func unfinished(refID: String, at now: Timestamp) -> JobRecord? {
        let hash = ExactText(refID).hashValue
        var found: JobRecord?
        var expired: [JobRecord] = []
        references.forEach(
            notBefore: { $0.hash < hash },
            do: { entry in
                guard entry.hash == hash else { return false }
                guard ExactText(entry.record.job.refID) == ExactText(refID) else { return true }
                guard entry.record.job.isExpired(at: now) else {
                    found = entry.record
                    return false
                }
                expired.append(entry.record)
                return true
            })
        for record in expired { removeReference(record) }
        return found
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
        let retries = record.job.retries
        if retries >= limit { observer.observe(.exhausted(type: type)) }
        var index = 0
        while index < ready.count, ready[index].retries < retries { index += 1 }
        if index == ready.count || ready[index].retries != retries {
            ready.insert((retries, OrderedTree()), at: index)
        }
        ready[index].entries.insert(record.readyEntry)
    }

    private func removeReady(_ record: JobRecord) {
        guard let index = ready.firstIndex(where: { $0.retries == record.job.retries }) else {
            return
        }
        ready[index].entries.remove(record.readyEntry)
        if ready[index].entries.isEmpty { ready.remove(at: index) }
    }
}

extension JobRecord {
    fileprivate var waitingEntry: QueueEntry {
        QueueEntry(priority: 0, availableAt: availableAt, record: self)
    }

    fileprivate var readyEntry: QueueEntry {
        QueueEntry(priority: job.priority, availableAt: availableAt, record: self)
    }
}
