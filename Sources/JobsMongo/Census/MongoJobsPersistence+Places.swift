import BSON
import Jobs

/// The numbers of jobs in states that do not show in the claim index.
extension MongoJobsPersistence {
    /// The numbers of jobs in a state that does not show in an index, by the index that they are
    /// on.
    struct Places {
        var due = 0
        var waiting = 0
        /// The number of the waiting jobs that wait for the end of a lease.
        var leased = 0
        var parked = 0
        var gone = 0

        var all: Int { due + waiting + parked + gone }
    }

    func countExpired(at now: Timestamp) async throws -> [ExactText: Places] {
        try await countPlaces(EndedJobs.allExpired, at: now)
    }

    func countPlaces(
        _ query: BSONLiteral, at now: Timestamp, hint: JobIndexes.Index? = nil
    ) async throws -> [ExactText: Places] {
        let place: BSONLiteral = [
            "$switch": [
                "branches": [
                    [
                        "case": ["$gt": ["$available_at", .value(now.bson)]],
                        "then": ["$cond": ["$leased", "leased", "waiting"]],
                    ],
                    ["case": ["$gt": ["$available_at", .null]], "then": "due"],
                    ["case": ["$gt": ["$parked_at", .null]], "then": "parked"],
                ],
                "default": "gone",
            ]
        ]
        var places: [ExactText: Places] = [:]
        for (type, place, count) in try await groups(query, place, hint: hint) {
            switch place.string {
            case "due": places[type, default: .init()].due += count
            case "waiting": places[type, default: .init()].waiting += count
            case "leased":
                places[type, default: .init()].waiting += count
                places[type, default: .init()].leased += count
            case "parked": places[type, default: .init()].parked += count
            default: places[type, default: .init()].gone += count
            }
        }
        return places
    }

    /// The numbers of jobs that have ended otherwise than by completion, or cannot be claimed any
    /// more.
    struct Ended {
        var failed = 0
        var cancelled = 0
        /// The jobs whose cancellation is not recorded yet.
        var unrecorded = Places()
        /// The jobs that have reached a limit of their own.
        var spent = 0
    }

    /// - Returns: The numbers without those of failed and cancelled jobs; `nil` if there are none.
    func countEnded(at now: Timestamp) async throws -> [ExactText: Ended]? {
        let any = try await collection.find(
            ["outcome": ["$exists": true, "$ne": .null]] as BSONLiteral, limit: 1,
            projection: ["_id": 1], hint: JobIndexes.outcome)
        if any.isEmpty { return nil }
        var ended: [ExactText: Ended] = [:]
        for (type, places) in try await countPlaces(
            Self.unrecorded, at: now, hint: JobIndexes.outcome)
        {
            ended[type, default: .init()].unrecorded = places
        }
        for (type, _, count) in try await groups(Self.spent, .null, hint: JobIndexes.outcome) {
            ended[type, default: .init()].spent += count
        }
        return ended
    }

    /// Counts by keys. A failed job that an older service has completed counts as failed.
    func count(_ key: OutcomeKey, _ type: String) async throws -> Int {
        try await collection.count(
            ["outcome": key.type(.string(type))], hint: JobIndexes.outcome)
    }

    /// The query for jobs that have reached a limit of their own, as a claim has found. They may
    /// have been started by id since.
    private static let spent: BSONLiteral = [
        "outcome": OutcomeKey.exhausted.all, "available_at": .null, "completed": .null,
        "$expr": [
            "$not": ["$or": [Pipelines.isOver, Pipelines.isLive, Pipelines.isExpired]]
        ],
    ]

    /// The numbers of parked jobs, by whether a claim could get them.
    struct Parked {
        var exhausted = 0
        var claimable = 0
    }

    func countParked(maxRetries: Int) async throws -> [ExactText: Parked] {
        var parked: [ExactText: Parked] = [:]
        for (type, isExhausted, count) in try await groups(
            ["type": ["$gte": ""], "parked_at": ["$exists": true]],
            Pipelines.hasReached(maxRetries), hint: JobIndexes.parked)
        {
            if isExhausted.bool == true {
                parked[type, default: .init()].exhausted += count
            } else {
                parked[type, default: .init()].claimable += count
            }
        }
        return parked
    }

    /// Counts the jobs of an older service that are not adopted yet. Usually there are none.
    func countUnadopted() async throws -> [ExactText: Int] {
        var unadopted: [ExactText: Int] = [:]
        for (type, _, count) in try await groups(
            ["type": ["$gte": ""], "priority": .null], .null, hint: JobIndexes.unadopted)
        {
            unadopted[type, default: 0] += count
        }
        return unadopted
    }

    private func groups(
        _ query: BSONLiteral, _ key: BSONLiteral, hint: JobIndexes.Index? = nil
    ) async throws -> [(type: ExactText, key: BSONValue, count: Int)] {
        try await collection.aggregate(
            [
                ["$match": query],
                ["$group": ["_id": ["type": "$type", "key": key], "count": ["$sum": 1]]],
            ], hint: hint
        ).compactMap { group in
            guard let type = group["_id"]?.document?["type"]?.string,
                let key = group["_id"]?.document?["key"], let count = group["count"]?.integer
            else { return nil }
            return (ExactText(type), key, Int(count))
        }
    }
}
