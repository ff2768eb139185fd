import Jobs

/// The unfinished jobs of one type, in the order in which they are claimed.
///
/// Jobs that cannot be claimed yet wait, ordered by time. A claim first moves the jobs that are due
/// to the ready ones, so every job moves once each time it becomes available. Ready jobs are
/// grouped by the number of attempts, so a claim with a limit never visits jobs that have reached
/// it. An expired job leaves the queue when a claim finds it, and so does a job that has reached
/// its own limit. A claim costs O(log n).
final class TypeQueue {
    let type: String
    /// The number of jobs of the type, including finished ones.
    var count = 0
    private let waiting = OrderedTree<QueueEntry>()
    private var ready = ReadyJobs()
    /// The live leases, and the ready jobs that wait for room in their group.
    var groups = GroupedJobs()
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
            if record.job.isLeased { groups.leaseBegins(of: record.job) }
        } else {
            insertReady(record)
        }
    }

    /// Removes a job, so that the fields that determine its place can change.
    func dequeue(_ record: JobRecord) {
        switch record.place {
        case .nowhere: break
        case .waiting:
            waiting.remove(record.waitingEntry)
            if record.job.isLeased { groups.leaseEnds(of: record.job) }
        case .ready:
            ready.remove(record)
            groups.isNoLongerReady(record.job)
        case .aside: groups.remove(record)
        }
        record.place = .nowhere
    }

    /// Removes the next job to hand out, and returns it; `nil` if none is ready.
    ///
    /// If the time was later before and a job is no longer ready now, the job waits again.
    func dequeueReady(at now: Timestamp, maxRetries: Int) -> JobRecord? {
        limit = maxRetries
        while let record = ready.first(maxRetries: maxRetries)?.record {
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
            if entry.record.job.isLeased { groups.leaseEnds(of: entry.record.job) }
            insertReady(entry.record)
        }
    }

    /// Returns the milliseconds until the first waiting job becomes available.
    func nextAvailability(at now: Timestamp) -> Int64? {
        advance(to: now)
        let next = waiting.first.map(\.availableAt)
        return [next, nextRoom].compactMap { $0?.milliseconds(since: now) }.filter { $0 > 0 }.min()
    }

    // MARK: Limits

    /// Whether the type has limits and the last claim has left ready jobs.
    private(set) var lacksRoom = false
    /// When the rate of starts allows the next one, if the last claim has found that it does not.
    private(set) var nextRoom: Timestamp?

    /// Makes the ready jobs claimable whose groups are not full any more.
    ///
    /// - Parameter most: The maximum number of live leases of a group; `nil` for no limit.
    func makeReady(most: Int?, maxRetries: Int) {
        for record in groups.takeReady(most: most, maxRetries: maxRetries) {
            record.place = .ready
            ready.insert(record)
        }
    }

    /// Puts a job that was dequeued aside until there is room in its group.
    func setAside(_ record: JobRecord, _ group: String) {
        record.place = .aside
        groups.setAside(record, group)
    }

    /// Records that a claim has ended.
    ///
    /// - Parameter nextRoom: When the rate of starts has room again; `nil` if it has, or if there
    ///   is none.
    func claimed(isLimited: Bool, maxRetries: Int, nextRoom: Timestamp?) {
        lacksRoom =
            isLimited && (groups.hasJobsAside || ready.first(maxRetries: maxRetries) != nil)
        self.nextRoom = lacksRoom ? nextRoom : nil
    }

    /// Counts the ready jobs before another one, up to `limit`.
    func countAhead(of record: JobRecord, maxRetries: Int, limit: Int, at now: Timestamp) -> Int {
        advance(to: now)
        guard record.place == .ready else { return 0 }
        return ready.count(before: record, maxRetries: maxRetries, limit: limit)
    }

    /// Returns the oldest job with the reference `refID` that has neither ended nor expired, and
    /// drops the others.
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

    private func insertReady(_ record: JobRecord) {
        if record.job.hasReached(limit) { observer.observe(.exhausted(type: type)) }
        record.place = ready.insert(record) ? .ready : .nowhere
    }
}

extension JobRecord {
    fileprivate var waitingEntry: QueueEntry {
        QueueEntry(priority: 0, availableAt: availableAt, record: self)
    }
}
