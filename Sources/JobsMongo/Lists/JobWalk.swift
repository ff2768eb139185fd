import BSON
public import Jobs

/// A way through the jobs of a filter in the order of ids, by an index of which each part has this
/// order.
struct JobWalk {
    let index: JobIndexes.Index
    /// The fields of the index before `_id`, once for each part that has jobs of the filter.
    let parts: [[BSONLiteral.Member]]

    /// Chooses the index with the fewest other jobs. The index of ids, which always exists, has
    /// all.
    init(_ filter: JobFilter, _ indexes: IndexHealth) {
        let all = (index: JobIndexes.id, parts: [[BSONLiteral.Member]()])
        let ways = [Self.ofErrors(filter), Self.ofOutcomes(filter), Self.ofType(filter), all]
        let usable = ways.compactMap(\.self).first { indexes.hint($0.index) != nil }
        (index, parts) = usable ?? all
    }

    private typealias Way = (index: JobIndexes.Index, parts: [[BSONLiteral.Member]])

    private static func ofErrors(_ filter: JobFilter) -> Way? {
        filter.errorKey.map { key in
            (JobIndexes.errorKey, [[.init(key: "error_group.key", value: .string(key))]])
        }
    }

    private static func ofOutcomes(_ filter: JobFilter) -> Way? {
        guard let states = filter.wantedStates, !states.isEmpty,
            states.isSubset(of: [.failed, .cancelled])
        else { return nil }
        let keys = StateQuery.outcomeKeys(of: states)
        return (
            JobIndexes.outcome,
            keys.map { key in
                let value = filter.type.map { key.type(.string($0)) } ?? key.all
                return [.init(key: "outcome", value: value)]
            }
        )
    }

    private static func ofType(_ filter: JobFilter) -> Way? {
        filter.type.map { (JobIndexes.type, [[.init(key: "type", value: .string($0))]]) }
    }

    /// A key of the index.
    func key(_ part: [BSONLiteral.Member], _ id: BSONLiteral) -> BSONLiteral {
        .document(part + [.init(key: "_id", value: id)])
    }

    /// A value before all ids, which are strings or object ids, and one behind them.
    static let first: BSONLiteral = ""
    static let last: BSONLiteral = true
}

/// The place of a job in the order of `_id`: strings come first, then object ids.
struct WalkPlace: Comparable {
    let id: JobID
    let isObjectID: Bool

    init?(_ document: BSONDocument) {
        guard let value = document["_id"] else { return nil }
        id = value.jobID
        isObjectID = value.type == .objectID
    }

    static func < (left: WalkPlace, right: WalkPlace) -> Bool {
        left.isObjectID == right.isObjectID ? left.id < right.id : !left.isObjectID
    }

    /// The first value behind the place.
    var next: BSONLiteral {
        guard isObjectID else { return .string(id.description + "\u{0}") }
        guard var bytes = id.objectID?.bytes, let place = bytes.lastIndex(where: { $0 < 0xFF })
        else { return JobWalk.last }
        bytes[place] += 1
        for later in bytes.indices where later > place { bytes[later] = 0 }
        return BSONObjectID(bytes).map { .value($0) } ?? JobWalk.last
    }
}

extension MongoJobsPersistence {
    /// Looks at a part of an index, whose end is found by reading keys only.
    public func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws
        -> JobSlice
    {
        let limit = max(limit, 1)
        guard filter.id == nil, filter.ids == nil, filter.refID == nil else {
            return try await shortSlice(filter, after: id, limit: limit)
        }
        let states = try await stateQuery(filter)
        let walk = JobWalk(filter, collection.indexes)
        let begin = try await position(id) ?? JobWalk.first
        var end: WalkPlace?
        for part in walk.parts {
            let keys = BSONDocument { command in
                command.append("find", collection.name)
                command.append("projection", ["_id": 1] as BSONLiteral)
                bound(walk, part, begin, JobWalk.last, &command)
                // The first key may be that of `id`.
                command.append("skip", Int64(limit))
                command.append("limit", Int32(1))
                command.append("singleBatch", true)
            }
            let found = try await collection.documents(of: keys).first.flatMap { WalkPlace($0) }
            if let found { end = min(end ?? found, found) }
        }
        var slice = JobSlice(end: end?.id)
        for part in walk.parts {
            let command = BSONDocument { command in
                command.append("find", collection.name)
                command.append("filter", filter.query(states))
                command.append("projection", Self.shownOfSlices)
                bound(walk, part, begin, end?.next ?? JobWalk.last, &command)
                command.append("batchSize", Int64(limit) + 2)
            }
            slice.jobs += try await collection.documents(of: command)
                .map { JobDocument($0).job }.filter { $0.id != id }
        }
        if walk.parts.count > 1 { slice.jobs.sort { $0.id < $1.id } }
        return slice
    }

    private func bound(
        _ walk: JobWalk, _ part: [BSONLiteral.Member], _ begin: BSONLiteral, _ end: BSONLiteral,
        _ command: inout BSONBuilder
    ) {
        command.append(walk.index, in: collection.indexes)
        command.append("min", walk.key(part, begin))
        command.append("max", walk.key(part, end))
        command.append("maxTimeMS", max(listTimeout.wholeMilliseconds, 1))
    }

    /// The part of a list of few jobs, which other indexes find.
    private func shortSlice(_ filter: JobFilter, after id: JobID?, limit: Int) async throws
        -> JobSlice
    {
        var paging = Paging(take: min(limit, maxPageSize), after: id)
        paging.needless = ["params", "result", "progress", "attempts", "error"]
        let jobs = try await list(filter, paging).jobs
        return JobSlice(jobs: jobs, end: jobs.count < min(limit, maxPageSize) ? nil : jobs.last?.id)
    }

    /// The fields of a job that the rules and the changes need.
    private static let shownOfSlices: BSONLiteral = .document(
        [
            "type", "group", "created", "started", "locked_until", "execute_until", "completed",
            "retries", "priority", "delayed_until", "max_retries", "budget_start", "failed",
            "cancelled", "cancel_requested", "unique", "unique_key",
        ].map { .init(key: $0, value: 1) })
}
