import BSON
public import Jobs

extension MongoJobsPersistence {
    /// An upsert on a unique key, which one caller over all instances wins.
    ///
    /// Jobs that were not added as unique have no such key, so they are looked for first; one that is
    /// added meanwhile counts as added after this. An expired job's key is taken from it, and the
    /// upsert tried again.
    public func addUnique(_ newJob: NewJob) async throws -> Job {
        for _ in 0..<Self.maximumRounds {
            if let existing = try await unfinished(newJob) {
                if let lasting = try await lasting(existing) { return lasting }
                continue
            }
            let now = try await collection.now()
            let job = Job(newJob, id: nextID(at: now), at: now)
            let found = try await collection.upsert(
                ["unique_key": Self.uniqueKey(newJob)],
                Pipelines.insert(JobDocument.new(job)))
            if let found, found.job.id == job.id {
                observer.observe(.added(found.job))
                return found.job
            }
            // It has the job of another caller, which the next look finds, or one that no longer blocks.
            try await releaseKey(of: newJob)
        }
        throw JobsError.unavailable(
            reason: "Neither a unique job nor the place for one in \(Self.maximumRounds) rounds")
    }

    /// Every round loses to another caller that adds or ends such a job. So many in a row are no accident.
    private static let maximumRounds = 20

    private static func uniqueKey(_ job: NewJob) -> BSONLiteral {
        ["type": .string(job.type), "ref_id": .string(job.refID)]
    }

    /// The id of the oldest job of the same type and reference that is neither completed nor expired.
    private func unfinished(_ job: NewJob) async throws -> BSONValue? {
        let query: BSONLiteral = [
            "type": .string(job.type), "ref_id": .string(job.refID), "completed": .null,
            "$expr": ["$not": Pipelines.isExpired],
        ]
        return try await collection.find(
            query, sort: ["_id": 1], limit: 1, projection: ["_id": 1]
        ).first?["_id"]
    }

    /// The job, when it is sure to last; nil if it is over by now.
    ///
    /// A look may show what another caller is writing at this moment, and what a failover would undo;
    /// nobody may be told of that. A write that changes nothing waits like any other until a majority
    /// has what it found.
    private func lasting(_ id: BSONValue) async throws -> Job? {
        try await collection.findAndModify(
            ["_id": .value(id), "completed": .null], update: Pipelines.same)?.job
    }

    /// Takes the key from a job that no longer blocks: expired, completed by an older service, which
    /// knows nothing of keys, or given another type or reference by an operator.
    private func releaseKey(of job: NewJob) async throws {
        try await collection.updateMany(
            [
                "unique_key": Self.uniqueKey(job),
                "$expr": [
                    "$or": [
                        Pipelines.isCompleted, Pipelines.isExpired,
                        ["$ne": ["$unique_key.type", "$type"]],
                        ["$ne": ["$unique_key.ref_id", "$ref_id"]],
                    ]
                ],
            ],
            [["$unset": ["unique_key"]]], hint: JobIndexes.unique)
    }
}
