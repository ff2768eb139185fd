import BSON
import Jobs

/// The numbers of jobs in states that do not show in the claim index.
extension MongoJobsPersistence {
    /// The numbers of jobs in a state that does not show in an index, by the index that they are on.
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

    /// The numbers of failed and cancelled jobs, and of those that have reached a limit of their own.
    struct Ended {
        var failed = 0
        var cancelled = 0
        /// The jobs whose cancellation is not recorded yet.
        var unrecorded = Places()
        var spent = 0
    }

    /// Failed and cancelled jobs are counted by keys. A failed job that an older service has completed
    /// counts as failed.
    func countEnded(at now: Timestamp) async throws -> [ExactText: Ended] {
        var ended: [ExactText: Ended] = [:]
        let any = try await collection.find(
            ["outcome": ["$gte": ""]] as BSONLiteral, limit: 1, projection: ["_id": 1],
            hint: JobIndexes.outcome)
        if !any.isEmpty {
            let recorded: BSONLiteral = ["outcome": ["$in": ["failed", "cancelled"]]]
            for (type, outcome, count) in try await groups(
                recorded, "$outcome", hint: JobIndexes.outcomeByType)
            {
                if outcome.string == "failed" {
                    ended[type, default: .init()].failed += count
                } else {
                    ended[type, default: .init()].cancelled += count
                }
            }
            for (type, places) in try await countPlaces(
                Self.unrecorded, at: now, hint: JobIndexes.outcome)
            {
                ended[type, default: .init()].unrecorded = places
            }
        }
        for (type, _, count) in try await groups(Self.spent, .null, hint: JobIndexes.spent) {
            ended[type, default: .init()].spent += count
        }
        return ended
    }

    /// The query for jobs that have reached a limit of their own, as a claim has found.
    private static let spent: BSONLiteral = [
        "max_retries": ["$exists": true], "available_at": .null, "completed": .null,
        "failed": .null, "cancelled": .null, "cancel_requested": .null,
        "$expr": [
            "$and": [
                Pipelines.hasOwnLimit, ["$not": Pipelines.isExpired], ["$not": Pipelines.isLive],
                ["$eq": [["$ifNull": ["$parked_at", .null]], .null]],
            ]
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
