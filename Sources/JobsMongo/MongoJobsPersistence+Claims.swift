public import Jobs
import Mongo

extension MongoJobsPersistence {
    /// Each start is one `findAndModify` on the first job of the claim index that is due.
    ///
    /// Jobs that are due and still not to be had leave the index when they are met, many at once
    /// where there are many. Only when nothing is left are the jobs looked for that are not in it:
    /// those that an older service wrote, and those that a claim with a lower limit has parked.
    public func start(type: String, timeout: Int64, maxRetries: Int, limit: Int) async throws
        -> [StartedJob]
    {
        var started: [StartedJob] = []
        var isFirstLook = true
        while started.count < limit {
            switch try await claim(type, timeout: timeout, maxRetries: maxRetries) {
            case .started(let job):
                // Not again in the same call, if its lease was over at once.
                guard !started.contains(where: { $0.job.id == job.job.id }) else { return started }
                started.append(job)
            case .obstacle:
                try await removeObstacles(type, maxRetries: maxRetries)
            case .nothing:
                guard isFirstLook, started.isEmpty,
                    try await bringIn(type, maxRetries: maxRetries)
                else { return started }
                isFirstLook = false
            }
        }
        return started
    }

    private enum Claim {
        case started(StartedJob)
        /// The first job could not be had, and is off the index.
        case obstacle
        case nothing
    }

    private func claim(_ type: String, timeout: Int64, maxRetries: Int) async throws -> Claim {
        guard maxRetries > 0 else { return .nothing }
        let token = LockToken.random()
        let found = try await collection.findAndModify(
            Self.due(type), sort: Self.claimOrder,
            update: Pipelines.claim(token, timeout: timeout, maxRetries: maxRetries),
            hint: JobIndexes.claim)
        guard let found else { return .nothing }
        guard found.lockToken?.matches(token) ?? false else { return .obstacle }
        return .started(StartedJob(job: found.job, lockToken: token))
    }

    /// The jobs of a type that the index has as claimable by the server's time. The `$exists` is what
    /// lets the server use the partial index.
    static func due(_ type: String) -> BSONLiteral {
        [
            "type": .string(type), "available_at": ["$exists": true],
            "$expr": ["$lte": ["$available_at", "$$NOW"]],
        ]
    }

    static let claimOrder: BSONLiteral = ["priority": -1, "available_at": 1, "_id": 1]

    /// Takes the jobs off the claim index that stand in front and cannot be had.
    private func removeObstacles(_ type: String, maxRetries: Int) async throws {
        var size = 64
        while true {
            let front = try await collection.find(
                Self.due(type), sort: Self.claimOrder, limit: size,
                projection: ["_id": 1], hint: JobIndexes.claim)
            let ids = front.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            let removed = try await collection.settle(ids, maxRetries: maxRetries)
            // Jobs that can be had are among the front ones, or there are none left.
            if removed < size { return }
            size = min(size * 4, 1000)
        }
    }

    /// Brings jobs into the claim index that claims of this type and limit could have.
    ///
    /// Of parked ones not all at once: claims with a lower limit have to take them off again.
    /// - Returns: whether there were any.
    private func bringIn(_ type: String, maxRetries: Int) async throws -> Bool {
        let found = try await collection.find(
            Self.outside(type, maxRetries: maxRetries), limit: Self.mostUnparked,
            projection: ["parked_at": 1])
        let parked = found.filter { $0["parked_at"] != nil }
        if !parked.isEmpty {
            let ids = parked.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            try await collection.updateMany(
                ["_id": ["$in": .array(ids)], "parked_at": ["$exists": true]], Pipelines.unpark,
                hint: JobIndexes.id)
        }
        if parked.count < found.count { try await adoptSome(type: type) }
        return !found.isEmpty
    }

    private static let mostUnparked = 64

    /// The jobs of a type that a claim might have and that are not on the claim index.
    private static func outside(_ type: String, maxRetries: Int) -> BSONLiteral {
        let parked: BSONLiteral = [
            "type": .string(type), "parked_at": ["$exists": true],
            "retries": ["$lt": .int(Int64(maxRetries))],
        ]
        return ["$or": [parked, unadopted(type: type)]]
    }
}

extension JobCollection {
    /// Judges jobs that are on the claim index and due, and takes those off that cannot be had.
    fileprivate func settle(_ ids: [BSONLiteral], maxRetries: Int) async throws -> Int {
        guard !ids.isEmpty else { return 0 }
        return try await updateMany(
            [
                "_id": ["$in": .array(ids)], "available_at": ["$exists": true],
                "$expr": [
                    "$and": [
                        ["$lte": ["$available_at", "$$NOW"]],
                        [
                            "$or": [
                                Pipelines.isCompleted, Pipelines.isLive, Pipelines.isExpired,
                                Pipelines.isUnmigrated, Pipelines.isExhausted(maxRetries),
                            ]
                        ],
                    ]
                ],
            ],
            Pipelines.settle(maxRetries: maxRetries), hint: JobIndexes.id)
    }
}
