import BSON
public import Jobs
import Synchronization

extension MongoJobsPersistence {
    /// Removes disposable jobs in slices.
    ///
    /// Each slice is found by an index that has few other jobs, and removed by its ids. Several
    /// instances can clean at the same time; a job is removed and counted once.
    @discardableResult
    public func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        try await clean(cleaning, countingPatience: JobCollection.countingPatience)
    }

    /// Cleans if this instance gets the lease on cleaning, which one instance at a time can hold.
    public func cleanInTurn(_ cleaning: Cleaning) async throws -> CleanedJobs? {
        let lease = CleaningLease(collection)
        guard try await lease.take() else { return nil }
        do {
            let cleaned = try await clean(
                cleaning, countingPatience: JobCollection.countingPatience,
                onSlice: lease.renew)
            await lease.giveBack()
            return cleaned
        } catch {
            await lease.giveBack()
            throw error
        }
    }

    /// - Parameters:
    ///   - countingPatience: The maximum time to count expired jobs, in milliseconds.
    ///   - onSlice: Called after each slice except the last one.
    @discardableResult
    func clean(
        _ cleaning: Cleaning, countingPatience: Int64, onSlice: () async throws -> Void = {}
    ) async throws -> CleanedJobs {
        let maxRetries = cleaning.maxRetries
        var cleaned = CleanedJobs()
        return try await Self.sayingHowFar(cleaned.total) {
            try await settleAll(onSlice)
            let now = try await collection.now()
            let last = cleaningProgress.withLock { $0.begin(cleaning, at: now) }
            for pass in cleaning.passes {
                let ended = EndedJobs(pass.retention, of: pass.types, after: last, at: now)
                try await remove(
                    ended, hinting: pass.isForTypes, patience: countingPatience, onSlice, &cleaned)
            }
            cleaningProgress.withLock { $0.end(cleaning, at: now) }
            if cleanedLimits.withLock({ !$0.contains(maxRetries) }) {
                try await collection.create([JobIndexes.exhausted(maxRetries)])
                cleanedLimits.withLock { _ = $0.insert(maxRetries) }
            }
            try await removeSlices(Self.exhausted(maxRetries), onSlice) {
                cleaned.exhausted += $0
                observer.observe(.cleaned(CleanedJobs(exhausted: $0)))
            }
            return cleaned
        }
    }

    /// - Parameter isHinting: Whether to name the indexes, since the server may take one of types.
    private func remove(
        _ ended: EndedJobs, hinting isHinting: Bool, patience: Int64,
        _ onSlice: () async throws -> Void, _ cleaned: inout CleanedJobs
    ) async throws {
        let hint = { (index: JobIndexes.Index) in isHinting ? index : nil }
        try await removeSlices(ended.completed, hint: hint(JobIndexes.completed), onSlice) {
            cleaned.completed += $0
            observer.observe(.cleaned(CleanedJobs(completed: $0)))
        }
        try await removeSlices(ended.failed, hint: hint(JobIndexes.outcome), onSlice) {
            cleaned.failed += $0
            observer.observe(.cleaned(CleanedJobs(failed: $0)))
        }
        try await removeSlices(ended.cancelled, hint: hint(JobIndexes.outcome), onSlice) {
            cleaned.cancelled += $0
            observer.observe(.cleaned(CleanedJobs(cancelled: $0)))
        }
        // Delete them even if counting timed out: the count is only a metric.
        try? await countExpired(ended.expired, patience: patience)
        try await removeSlices(ended.expired, hint: hint(JobIndexes.deadline), onSlice) {
            cleaned.expired += $0
            observer.observe(.cleaned(CleanedJobs(expired: $0)))
        }
    }

    /// Records the cancellations that took effect when a lease ended.
    private func settleAll(_ onSlice: () async throws -> Void) async throws {
        while true {
            try Task.checkCancellation()
            let found = try await collection.find(
                Self.unrecorded, limit: Self.settledAtOnce, projection: ["_id": 1],
                hint: JobIndexes.outcome)
            guard !found.isEmpty else { return }
            let results = try await change(
                found.map { JobChange(JobDocument($0).job.id, .settle) })
            // The rest of a full slice is settled next, unless some of these jobs cannot be
            // changed.
            let settled = results.count {
                if case .success(let job?) = $0 { job.isEnded } else { false }
            }
            guard settled == Self.settledAtOnce else { return }
            try await onSlice()
        }
    }

    private static let settledAtOnce = 500

    private func removeSlices(
        _ query: BSONLiteral, hint: JobIndexes.Index? = nil,
        _ onSlice: () async throws -> Void, _ onRemoved: (Int) -> Void
    ) async throws {
        var pace = RemovalPace()
        while true {
            try Task.checkCancellation()
            let size = pace.size
            let ids = try await collection.find(
                query, limit: size, projection: ["_id": 1], hint: hint
            ).compactMap { $0["_id"] }
            guard !ids.isEmpty else { return }
            let removed = try await pace.measure {
                try await collection.remove(ids, where: [query])
            }
            onRemoved(removed)
            // If no job was removed, another instance was faster, and removes the rest too.
            guard removed > 0, ids.count == size else { return }
            try await onSlice()
        }
    }

    /// The query for jobs whose cancellation took effect when a lease ended and is not recorded
    /// yet.
    static let unrecorded: BSONLiteral = [
        "outcome": OutcomeKey.cancelling.all, "completed": .null,
        "$expr": ["$and": [["$not": Pipelines.hasEnded], Pipelines.hasUnrecordedCancellation]],
    ]

    static func exhausted(_ maxRetries: Int) -> BSONLiteral {
        [
            "retries": ["$gt": .int(Int64(maxRetries))], "completed": .null,
            "$expr": [
                "$not": ["$or": [Pipelines.isLive, Pipelines.isOver, Pipelines.hasOwnLimit]]
            ],
        ]
    }
}
