import Jobs

/// Ready jobs in the order in which they are claimed, grouped by the number of attempts.
struct ReadyJobs {
    /// The jobs by ascending number of attempts. Jobs with an own limit come first, as if they had
    /// never been started. No tree is empty.
    private var buckets: [(retries: Int, entries: OrderedTree<QueueEntry>)] = []

    var isEmpty: Bool { buckets.isEmpty }

    /// Returns the first job that was started fewer than `maxRetries` times.
    func first(maxRetries: Int) -> QueueEntry? {
        var best: QueueEntry?
        for bucket in buckets {
            guard bucket.retries < maxRetries else { break }
            guard let first = bucket.entries.first else { continue }
            if best.map({ first < $0 }) ?? true { best = first }
        }
        return best
    }

    /// - Returns: Whether the job was inserted; `false` if it has reached its own limit.
    @discardableResult
    mutating func insert(_ record: JobRecord) -> Bool {
        guard let retries = record.countedRetries else { return false }
        var index = 0
        while index < buckets.count, buckets[index].retries < retries { index += 1 }
        if index == buckets.count || buckets[index].retries != retries {
            buckets.insert((retries, OrderedTree()), at: index)
        }
        buckets[index].entries.insert(record.readyEntry)
        return true
    }

    mutating func remove(_ record: JobRecord) {
        guard let index = buckets.firstIndex(where: { $0.retries == record.countedRetries }) else {
            return
        }
        buckets[index].entries.remove(record.readyEntry)
        if buckets[index].entries.isEmpty { buckets.remove(at: index) }
    }

    /// Counts the jobs before another one that were started fewer than `maxRetries` times, up to
    /// `limit`.
    func count(before record: JobRecord, maxRetries: Int, limit: Int) -> Int {
        let end = record.readyEntry
        var count = 0
        for bucket in buckets where bucket.retries < maxRetries {
            bucket.entries.forEach(
                notBefore: { _ in false },
                do: { entry in
                    guard count < limit, entry < end else { return false }
                    count += 1
                    return true
                })
        }
        return count
    }

    /// All jobs, in no particular order.
    var records: [JobRecord] {
        var records: [JobRecord] = []
        for bucket in buckets {
            bucket.entries.forEach(
                notBefore: { _ in false },
                do: { entry in
                    records.append(entry.record)
                    return true
                })
        }
        return records
    }
}

extension JobRecord {
    /// The number of starts that counts for the limit of a claim; `nil` if the job has reached its
    /// own limit.
    fileprivate var countedRetries: Int? {
        guard let own = job.maxRetries else { return job.retries }
        return job.retries < own ? .min : nil
    }

    fileprivate var readyEntry: QueueEntry {
        QueueEntry(priority: job.priority, availableAt: availableAt, record: self)
    }
}
