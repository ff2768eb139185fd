import BSON
public import Jobs

extension MongoJobsPersistence {
    /// Adds a unique job with an upsert on a unique key, which succeeds for one caller of all
    /// instances.
    ///
    /// A job that was not added as unique has no such key, so the store searches for one first; a
    /// job that is added in the meantime counts as added later. If an expired job has the key, the
    /// store removes the key from it and repeats the upsert.
    public func addUnique(_ newJob: NewJob) async throws -> Job {
        for _ in 0..<Self.maximumRounds {
            if let existing = try await unfinished(newJob) {
                if let added = try await added(newJob) { return try added.get() }
                if let lasting = try await lasting(existing) { return lasting }
                continue
            }
            let now = try await collection.now()
            let job = Job(newJob, id: nextID(at: now), at: now)
            let found = try await collection.upsert(
                ["unique_key": Self.uniqueKey(newJob.type, newJob.refID)],
                Pipelines.insert(JobDocument.new(job)))
            if let found, found.job.id == job.id {
                observer.observe(.added(found.job))
                noteDue(found.job)
                return found.job
            }
            if let added = try await added(newJob) { return try added.get() }
            // The key belongs to the job of another caller, which the next search finds, or to a
            // job that no longer blocks it.
            try await releaseKey(type: newJob.type, refID: newJob.refID)
        }
        throw JobsError.unavailable(
            reason: "No unique job found or added in \(Self.maximumRounds) rounds")
    }

    /// The maximum number of rounds. A round fails only if another caller adds or ends such a job.
    private static let maximumRounds = 20

    private static func uniqueKey(_ type: String, _ refID: String) -> BSONLiteral {
        ["type": .string(type), "ref_id": .string(refID)]
    }

    /// Returns the id of the oldest job of the same type and reference that has neither ended nor
    /// expired.
    private func unfinished(_ job: NewJob) async throws -> BSONValue? {
        let query: BSONLiteral = [
            "type": .string(job.type), "ref_id": .string(job.refID), "completed": .null,
            "$expr": ["$not": ["$or": [Pipelines.isOver, Pipelines.isExpired]]],
        ]
        return try await collection.find(
            query, sort: ["_id": 1], limit: 1, projection: ["_id": 1]
        ).first?["_id"]
    }

    /// Returns the job once it is majority-committed; `nil` if it is finished by now.
    ///
    /// A read may return a write of another caller that a failover would roll back. It must not be
    /// returned to the caller. So the method makes a write without a change, which waits until a
    /// majority has the document.
    private func lasting(_ id: BSONValue) async throws -> Job? {
        try await collection.findAndModify(
            ["_id": .value(id), "completed": .null, "$expr": Pipelines.isOpen],
            update: Pipelines.same)?.job
    }

    /// Removes the key from a job that no longer blocks it.
    ///
    /// Such a job is expired, or its cancellation is not recorded yet, or it was completed by an
    /// older service that does not know keys, or an operator has changed its type or reference.
    func releaseKey(type: String, refID: String) async throws {
        try await collection.updateMany(
            [
                "unique_key": Self.uniqueKey(type, refID),
                "$expr": [
                    "$or": [
                        Pipelines.isOver, Pipelines.isExpired,
                        ["$ne": ["$unique_key.type", "$type"]],
                        ["$ne": ["$unique_key.ref_id", "$ref_id"]],
                    ]
                ],
            ],
            [["$set": ["unique_key": "$$REMOVE", "unique": true]]], hint: JobIndexes.unique)
    }
}
