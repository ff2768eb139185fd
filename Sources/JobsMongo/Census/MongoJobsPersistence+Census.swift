import BSON
public import Jobs

/// The jobs are counted by the keys of the indexes, which takes the server a fraction of a
/// microsecond each. The server reads documents only of jobs that are expired, parked or waiting,
/// and at most about ``mostWaiting`` of the waiting ones.
///
/// The numbers reflect what claims have found: a job whose attempts have reached the limit counts
/// as ready until a claim finds it. The completed jobs are those that remain.
extension MongoJobsPersistence {
    /// The maximum number of types that are counted.
    private static let countedTypes = 1000
    /// The maximum number of priorities that are counted separately. The rest takes longer to
    /// count.
    private static let countedPriorities = 16
    /// The maximum number of waiting jobs that are read to distinguish leases from delays.
    ///
    /// Beyond that, the first few of each type and priority are read. Leases end soon, so the rest
    /// counts as delayed.
    private static let mostWaiting = 100_000
    private static let fewWaiting = 5_000

    public func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        let now = try await collection.now()
        let expired = try await countExpired(at: now)
        let parked = try await countParked(maxRetries: maxRetries)
        let unadopted = try await countUnadopted()
        let ended = try await countEnded(at: now)
        var census: [ExactText: JobCounts] = [:]
        var looks = Self.mostWaiting
        for type in try await types(type) {
            let total = try await collection.count(["type": .string(type)])
            let queue = try await queue(of: type, at: now, &looks)
            var others = Ended()
            if let ended {
                others = ended[ExactText(type)] ?? others
                others.failed = try await count(.failed, type)
                others.cancelled = try await count(.cancelled, type)
            }
            let type = ExactText(type)
            census[type] = JobCounts(
                total: total, queue, expired[type] ?? .init(), parked[type] ?? .init(), others,
                unadopted: unadopted[type] ?? 0, at: now)
        }
        return census
    }

    /// Returns the types, or the only one, by a scan from one type to the next.
    private func types(_ only: String?) async throws -> [String] {
        if let only { return [only] }
        return try await collection.aggregate(
            [
                ["$match": ["type": ["$gte": ""]]], ["$group": ["_id": "$type"]],
                ["$limit": .int(Int64(Self.countedTypes))],
            ]
        ).compactMap { $0["_id"]?.string }
    }

    // MARK: On the claim index

    /// The jobs of a type that are on the claim index.
    struct Queue {
        var due = 0
        var waiting = 0
        /// The number of waiting jobs that wait for the end of a lease.
        var leased = 0
        var first: Timestamp?
        /// The leases of workers that have a name.
        var workers = JobCounts()

        /// Adds the leases of one worker, or of those that have no name.
        mutating func add(_ group: BSONDocument) {
            guard let count = group["count"]?.integer else { return }
            leased += Int(count)
            guard let worker = group["_id"]?.string else { return }
            let last = group["last"]?.date.map { Timestamp(milliseconds: $0.milliseconds) }
            workers.count(
                WorkerLeases(count: Int(count), lastStart: last), of: ExactText(worker))
        }
    }

    private func queue(of type: String, at now: Timestamp, _ looks: inout Int) async throws
        -> Queue
    {
        var queue = Queue()
        var passed: Int64?
        for index in 1... {
            guard let (priority, first) = try await nextPriority(of: type, below: passed) else {
                break
            }
            queue.first = min(queue.first ?? first, first)
            let isLast = index > Self.countedPriorities
            try await count(
                &queue, type, isLast ? ["$lte": .int(priority)] : .int(priority), at: now, &looks)
            if isLast { break }
            passed = priority
        }
        return queue
    }

    /// Returns the next lower priority of the type, and when its first job is available.
    private func nextPriority(of type: String, below priority: Int64?) async throws
        -> (priority: Int64, first: Timestamp)?
    {
        var query: [BSONLiteral.Member] = [
            .init(key: "type", value: .string(type)),
            .init(key: "available_at", value: JobIndexes.isDate),
        ]
        if let priority { query.append(.init(key: "priority", value: ["$lt": .int(priority)])) }
        let key = try await collection.find(
            BSONLiteral.document(query), sort: ["priority": -1, "available_at": 1], limit: 1,
            projection: ["_id": 0, "priority": 1, "available_at": 1], hint: JobIndexes.claim
        ).first
        guard let priority = key?["priority"]?.integer, let date = key?["available_at"]?.date
        else { return nil }
        return (priority, Timestamp(milliseconds: date.milliseconds))
    }

    private func count(
        _ queue: inout Queue, _ type: String, _ priority: BSONLiteral, at now: Timestamp,
        _ looks: inout Int
    ) async throws {
        let jobs = { (available: BSONLiteral) -> BSONLiteral in
            ["type": .string(type), "priority": priority, "available_at": available]
        }
        let waiting = jobs(["$gt": .value(now.bson)])
        queue.due += try await collection.count(
            jobs(["$gt": .value(Timestamp.min.bson), "$lte": .value(now.bson)]),
            hint: JobIndexes.claim)
        let count = try await collection.count(waiting, hint: JobIndexes.claim)
        guard count > 0 else { return }
        queue.waiting += count
        let limit = max(looks, Self.fewWaiting)
        looks -= min(count, limit)
        let leased = try await collection.aggregate(
            [
                ["$match": waiting], ["$limit": .int(Int64(limit))],
                ["$match": ["leased": true]],
                [
                    "$group": [
                        "_id": "$worker", "count": ["$sum": 1], "last": ["$max": "$started"],
                    ]
                ],
            ], hint: JobIndexes.claim)
        for group in leased { queue.add(group) }
    }
}

extension JobCounts {
    /// Combines numbers that were counted at slightly different times.
    fileprivate init(
        total: Int, _ queue: MongoJobsPersistence.Queue, _ expired: MongoJobsPersistence.Places,
        _ parked: MongoJobsPersistence.Parked, _ ended: MongoJobsPersistence.Ended,
        unadopted: Int, at now: Timestamp
    ) {
        self.init()
        let unrecorded = ended.unrecorded
        workers = queue.workers.workers
        running = max(queue.leased - expired.leased - unrecorded.leased, 0)
        delayed = max(
            queue.waiting - queue.leased - (expired.waiting - expired.leased)
                - (unrecorded.waiting - unrecorded.leased), 0)
        ready = max(queue.due - expired.due - unrecorded.due, 0) + parked.claimable
        exhausted = max(parked.exhausted - expired.parked - unrecorded.parked, 0) + ended.spent
        self.expired = expired.all
        failed = ended.failed
        cancelled = ended.cancelled + unrecorded.all
        let others =
            queue.due + queue.waiting + parked.exhausted + parked.claimable + expired.gone
            + unadopted + ended.failed + ended.cancelled + unrecorded.gone + ended.spent
        completed = max(total - others, 0)
        if ready > 0, let first = queue.first {
            oldestReady = max(now.milliseconds(since: first), 0)
        }
    }
}
