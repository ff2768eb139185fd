import BSON
import Jobs

/// The conditions for jobs in some states: the exact one, which the server evaluates for each
/// document, and in front of it one that every such job meets, so that an index can be used if
/// there is one.
struct StateQuery {
    /// The conditions, which are all necessary.
    let conditions: [BSONLiteral]
    /// The index in the order of lists; `nil` if the server has to choose.
    let hint: JobIndexes.Index?

    /// - Parameters:
    ///   - now: A time that is not later than that of the server.
    ///   - isElsewhere: Whether there are jobs whose leases do not show in the claim index, such as
    ///     those of an older service.
    init?(_ filter: JobFilter, at now: Timestamp, isElsewhere: Bool) {
        guard let states = filter.wantedStates else { return nil }
        let names = states.map(\.rawValue).sorted().map { BSONLiteral.string($0) }
        let isWanted: BSONLiteral = [
            "$expr": ["$in": [Pipelines.state(maxRetries: filter.maxRetries), .array(names)]]
        ]
        let places = states.map {
            Self.place(of: $0, filter, at: now, isElsewhere: isElsewhere)
        }
        let ofEnded = states.isSubset(of: [.failed, .cancelled])
        if ofEnded {
            conditions = [Self.outcomes(states, filter), isWanted]
        } else if places.allSatisfy({ $0 != nil }) {
            let places = places.compactMap(\.self)
            conditions = [places.count == 1 ? places[0] : ["$or": .array(places)], isWanted]
        } else {
            conditions = [isWanted]
        }
        let isNarrow = filter.id != nil || filter.ids != nil || filter.refID != nil
        let ofLapsed = states == [.ready] && filter.findsLapsed && !isElsewhere
        hint = isNarrow ? nil : ofEnded ? JobIndexes.outcome : ofLapsed ? JobIndexes.claim : nil
    }

    /// The condition that all jobs of a state meet; `nil` if there is none that helps.
    private static func place(
        of state: JobState, _ filter: JobFilter, at now: Timestamp, isElsewhere: Bool
    ) -> BSONLiteral? {
        switch state {
        case .failed, .cancelled: return outcomes([state], filter)
        case .completed: return ["completed": JobIndexes.isDate]
        case .running where isElsewhere: return nil
        case .running, .delayed:
            // The server considers the claim index only if there is a condition on the type.
            return [
                "type": filter.type.map { .string($0) } ?? ["$gte": ""],
                "available_at": ["$gt": .value(now.bson)],
            ]
        case .expired:
            return [
                "execute_until": [
                    "$gt": .value(Timestamp.min.bson),
                    "$lte": .value(now.advanced(by: expiryMargin).bson),
                ]
            ]
        case .exhausted:
            return [
                "$or": [
                    ["retries": ["$gte": .int(Int64(filter.maxRetries))]],
                    ["max_retries": ["$exists": true]],
                ]
            ]
        // Keeps the exact condition from completed jobs, of which there may be many.
        case .ready:
            guard filter.findsLapsed, !isElsewhere else { return ["completed": .null] }
            // Until the next claim, the end of its last lease is when such a job is available.
            return [
                "type": filter.type.map { .string($0) } ?? ["$gte": ""],
                "available_at": filter.lockedUntil.bounds(upTo: now.advanced(by: expiryMargin)),
            ]
        default: return nil
        }
    }

    /// How much earlier than the server the time of this process may be, in milliseconds.
    private static let expiryMargin: Int64 = 10_000

    private static func outcomes(_ states: Set<JobState>, _ filter: JobFilter) -> BSONLiteral {
        let keys = outcomeKeys(of: states)
        return [
            "outcome": [
                "$in": .array(
                    keys.map { key in filter.type.map { key.type(.string($0)) } ?? key.all })
            ]
        ]
    }

    /// The keys of the jobs that may be in one of these states.
    static func outcomeKeys(of states: Set<JobState>) -> [OutcomeKey] {
        (states.contains(.failed) ? [.failed] : [])
            + (states.contains(.cancelled) ? [.cancelled, .cancelling] : [])
    }
}

extension JobFilter {
    /// The states of the jobs that match; `nil` if the state does not matter.
    var wantedStates: Set<JobState>? {
        guard let state else { return states }
        return states.map { $0.intersection([state]) } ?? [state]
    }
}

extension JobFilter {
    /// Whether the ready jobs that match are those whose leases have lapsed.
    var findsLapsed: Bool { !lockedUntil.isEmpty }
}

extension DateCondition {
    /// The range of dates that can meet the condition.
    fileprivate func bounds(upTo end: Timestamp) -> BSONLiteral {
        if let equal { return ["$eq": .value(equal.bson)] }
        return [
            "$gte": .value((from ?? .min).bson),
            "$lte": .value((to.map { min($0, end) } ?? end).bson),
        ]
    }
}

extension MongoJobsPersistence {
    /// Returns the conditions on the state of the jobs of a list.
    func stateQuery(_ filter: JobFilter) async throws -> StateQuery? {
        guard let states = filter.wantedStates else { return nil }
        let now = try await collection.now()
        var isElsewhere = false
        if states.contains(.ready), filter.findsLapsed {
            isElsewhere = try await hasLeasesElsewhere(after: .min)
            if !isElsewhere { isElsewhere = try await hasParked(filter) }
        } else if states.contains(.running) {
            isElsewhere = try await hasLeasesElsewhere(after: now)
        }
        return StateQuery(filter, at: now, isElsewhere: isElsewhere)
    }

    /// Whether some jobs were started by an older service, under leases that end later than this.
    private func hasLeasesElsewhere(after end: Timestamp) async throws -> Bool {
        let isStarted: BSONLiteral = [
            // A job whose cancellation is pending is on the claim index in any case.
            "outcome": ["$in": [.null, OutcomeKey.exhausted.all]],
            "timeout": ["$exists": true], "locked_until": ["$gt": .value(end.bson)],
        ]
        let started = try await collection.find(
            isStarted, limit: 1, projection: ["_id": 1], hint: JobIndexes.outcome)
        return !started.isEmpty
    }

    /// Whether claims with a lower limit have parked jobs that claims with this one can get.
    private func hasParked(_ filter: JobFilter) async throws -> Bool {
        let isParked: BSONLiteral = [
            "type": filter.type.map { .string($0) } ?? ["$gte": ""],
            "parked_at": ["$exists": true], "retries": ["$lt": .int(Int64(filter.maxRetries))],
        ]
        let parked = try await collection.find(
            isParked, limit: 1, projection: ["_id": 1], hint: JobIndexes.parked)
        return !parked.isEmpty
    }
}
