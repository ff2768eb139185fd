import Jobs

/// The jobs whose last attempts failed, by the groups of their errors. A job that never failed is
/// not in it.
///
/// To add or remove a job costs O(log n) in the number of jobs of its group.
final class ErrorIndex {
    private var groups: [ErrorGroupKey: OrderedTree<ErrorEntry>] = [:]

    /// Adds a job, if it is in a group.
    func insert(_ record: JobRecord) {
        guard let (key, entry) = place(of: record) else { return }
        if let tree = groups[key] { return tree.insert(entry) }
        let tree = OrderedTree<ErrorEntry>()
        tree.insert(entry)
        groups[key] = tree
    }

    /// Removes a job, so that the fields that determine its place can change.
    func remove(_ record: JobRecord) {
        guard let (key, entry) = place(of: record), let tree = groups[key] else { return }
        tree.remove(entry)
        if tree.isEmpty { groups[key] = nil }
    }

    /// Changes a job, and moves it to its new place.
    func change(_ record: JobRecord, to stored: StoredJob) {
        let isMoving = !Self.isSamePlace(record.job, stored.job)
        if isMoving { remove(record) }
        record.stored = stored
        if isMoving { insert(record) }
    }

    private static func isSamePlace(_ before: Job, _ after: Job) -> Bool {
        guard before.hasExtras || after.hasExtras else { return true }
        return before.errored == after.errored
            && before.errorKey.map { ExactText($0) } == after.errorKey.map { ExactText($0) }
    }

    private func place(of record: JobRecord) -> (ErrorGroupKey, ErrorEntry)? {
        guard let errorKey = record.job.errorKey, let errored = record.job.errored else {
            return nil
        }
        return (
            ErrorGroupKey(type: ExactText(record.job.type), errorKey: ExactText(errorKey)),
            ErrorEntry(errored: errored, record: record)
        )
    }

    /// The keys of the groups of these types; `nil` for all types.
    func keys(ofTypes types: [String]?) -> [ErrorGroupKey] {
        guard let types else { return Array(groups.keys) }
        let wanted = Set(types.map { ExactText($0) })
        return groups.keys.filter { wanted.contains($0.type) }
    }

    /// Returns the number of jobs of a group within the time of a query, at most `limit`. Without a
    /// time, the number is exact, whatever the limit.
    func count(_ key: ErrorGroupKey, _ query: ErrorQuery, upTo limit: Int) -> Int {
        guard let tree = groups[key] else { return 0 }
        if query.from == nil, query.to == nil { return tree.count }
        var count = 0
        tree.forEach(
            notBefore: query.isBefore,
            do: { entry in
                guard query.includes(entry.errored) else { return false }
                count += 1
                return count < limit
            })
        return count
    }

    /// Returns the first and the last job of a group within the time of a query; `nil` if it has
    /// none.
    func ends(of key: ErrorGroupKey, _ query: ErrorQuery) -> (first: Job, last: Job)? {
        guard let tree = groups[key],
            let first = tree.first(notBefore: query.isBefore)
        else { return nil }
        var last: ErrorEntry?
        tree.forEachReversed(
            before: { entry in query.to.map { entry.errored <= $0 } ?? true },
            do: { entry in
                last = entry
                return false
            })
        guard let last, query.includes(first.errored), query.includes(last.errored) else {
            return nil
        }
        return (first.record.job, last.record.job)
    }

    /// Counts the last failures of a group within the time of a query, see ``RecentErrors``.
    func recent(of key: ErrorGroupKey, _ query: ErrorQuery, at now: Timestamp) -> [Int] {
        var recent = RecentErrors.none
        var count = 0
        groups[key]?.forEachReversed(
            before: { entry in query.to.map { entry.errored <= $0 } ?? true },
            do: { entry in
                guard query.includes(entry.errored), count < RecentErrors.maximumCount,
                    let place = RecentErrors.place(of: entry.errored, at: now)
                else { return false }
                recent[place] += 1
                count += 1
                return true
            })
        return recent
    }
}

/// A group of errors.
package struct ErrorGroupKey: Hashable, Sendable {
    let type: ExactText
    let errorKey: ExactText
}

/// The place of a job among those of its group, by the time of its failure. These fields must not
/// change while the entry is in a tree.
private struct ErrorEntry: Comparable {
    let errored: Timestamp
    let record: JobRecord

    static func == (left: ErrorEntry, right: ErrorEntry) -> Bool { left.record === right.record }

    static func < (left: ErrorEntry, right: ErrorEntry) -> Bool {
        if left.errored != right.errored { return left.errored < right.errored }
        return left.record.job.id < right.record.job.id
    }
}

extension ErrorQuery {
    /// Whether a job failed before the time of the query.
    fileprivate func isBefore(_ entry: ErrorEntry) -> Bool {
        from.map { entry.errored < $0 } ?? false
    }
}
