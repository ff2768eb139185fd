import Jobs

/// The unfinished jobs of one type, in the order in which they are claimed.
///
/// Those that cannot be claimed yet wait in the order of the time; a claim first moves over what
/// has come due, so every job is moved once for each time that it becomes available. The ready ones
/// are kept apart by how often they were started: a claim with a limit never sees the jobs that have
/// reached it, however many. Expired jobs leave when they are met. All in all O(log n) a claim.
final class TypeQueue {
    let type: String
    /// How many jobs of the type there are, finished ones included.
    var count = 0
    private let waiting = OrderedTree<QueueEntry>()
    /// By number of starts, ascending; none is empty.
    private var ready: [(retries: Int, entries: OrderedTree<QueueEntry>)] = []
    private let references = OrderedTree<ReferenceEntry>()
    private let observer: any JobObserver
    /// The limit of starts that the last claim came with: jobs that have reached it are exhausted.
    private var limit = Int.max

    init(type: String, observer: any JobObserver) {
        self.type = type
        self.observer = observer
    }

    /// Takes an unfinished job in, or back in.
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

    /// Takes a job out, so that what its place depends on may change.
    func dequeue(_ record: JobRecord) {
        switch record.place {
        case .nowhere: break
        case .waiting: waiting.remove(record.waitingEntry)
        case .ready: removeReady(record)
        }
        record.place = .nowhere
    }

    /// The next job to hand out, which leaves the queue; nil if none is ready.
    ///
    /// One that was ready at a later time than this, and is not now, waits again.
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

    /// Moves over what has become available since the last time.
    func advance(to now: Timestamp) {
        while let entry = waiting.first, entry.availableAt <= now {
            waiting.remove(entry)
            entry.record.place = .ready
            insertReady(entry.record)
        }
    }

    /// Milliseconds until the first of those that cannot be claimed yet.
    func nextAvailability(at now: Timestamp) -> Int64? {
        advance(to: now)
        return waiting.first.map { $0.availableAt.milliseconds(since: now) }
    }

    /// The oldest unfinished, unexpired job that refers to `refID`. Expired ones are forgotten.
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

    /// Forgets what a job refers to: it is finished, or will not be started again.
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
