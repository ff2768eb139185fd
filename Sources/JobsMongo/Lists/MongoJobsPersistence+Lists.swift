import BSON
public import Jobs
import Synchronization

extension MongoJobsPersistence {
    /// Lists jobs with a `find` in the order of `_id` and, if the total is requested, a `count`.
    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        let limit = paging.limit(maxPageSize: maxPageSize)
        let end = ContinuousClock.now + listTimeout
        var page = JobPage(jobs: [])
        do {
            let states = try await stateQuery(filter)
            if limit > 0 { page = try await jobs(filter, states, paging, limit: limit) }
            if paging.wantsTotal {
                let rest = max(ContinuousClock.now.duration(to: end).wholeMilliseconds, 1)
                // Such a total is only an estimate where it cannot be counted soon.
                let patience = paging.totalLimit == nil ? rest : min(rest, 1000)
                page.total = try await collection.countListed(
                    filter.query(states), usesTime: states != nil,
                    hint: filter.errorKey == nil ? states?.hint : filter.countHint,
                    limit: paging.totalLimit, patience: patience)
            }
        } catch JobsError.timedOut {
            throw JobsError.timedOut(reason: filter.reasonOfSlowness(listTimeout))
        }
        return page
    }

    private func jobs(
        _ filter: JobFilter, _ states: StateQuery?, _ paging: Paging, limit: Int
    ) async throws -> JobPage {
        let position = try await position(paging.after)
        let query = filter.query(
            states, after: position, isDescending: paging.isDescending)
        let gathering = GatheredPage(limit: limit, maxBytes: paging.maxBytes ?? .max)
        let batchSize = listSizes.batchSize(limit: limit, maxBytes: paging.maxBytes)
        let order: BSONLiteral = ["_id": paging.isDescending ? -1 : 1]
        try await collection.read(
            BSONDocument { command in
                command.append("find", collection.name)
                command.append("filter", query)
                command.append("sort", order)
                if let projection = paging.projection {
                    command.append("projection", projection)
                }
                command.append(filter.listHint ?? states?.hint, in: collection.indexes)
                if paging.skip > 0 { command.append("skip", Int64(paging.skip)) }
                command.append("limit", Int64(limit))
                command.append("batchSize", Int64(batchSize))
                command.append("maxTimeMS", max(listTimeout.wholeMilliseconds, 1))
            }, onReply: gathering.take)
        let (page, bytes) = gathering.result
        if paging.needless.isEmpty { listSizes.learn(jobs: page.jobs.count, bytes: bytes) }
        return page
    }

    /// Returns the position after an id in the order of `_id`.
    ///
    /// Strings come first, in the order of their bytes, then object ids, which are read as their
    /// digits. If an id can be either, the collection decides. If its job is removed, it counts as
    /// an object id, since no service makes string ids of 24 digits.
    func position(_ id: JobID?) async throws -> BSONLiteral? {
        guard let id else { return nil }
        let text = BSONLiteral.string(id.description)
        guard let objectID = id.objectID else { return text }
        let found = try await collection.find(
            ["_id": id.bson] as BSONLiteral, sort: ["_id": -1], limit: 1, projection: ["_id": 1])
        return found.first?["_id"]?.string == nil ? .value(objectID) : text
    }
}

extension JobFilter {
    /// The query for the matching jobs after a position in the order of `_id`, or before it in
    /// descending order.
    ///
    /// A comparison with `$gt` finds values of one type only. The negation of `$lte` also finds
    /// values of the later types.
    fileprivate func query(
        _ states: StateQuery?, after position: BSONLiteral?, isDescending: Bool
    ) -> BSONDocument {
        let query = query(states)
        guard let position else { return query }
        let isObjectID =
            if case .value(let value) = position { value.bsonType == .objectID } else { false }
        let isBehind: BSONLiteral =
            switch (isObjectID, isDescending) {
            case (true, false): ["$gt": position]
            case (false, true): ["$lt": position]
            case (false, false): ["$not": ["$lte": position], "$type": ["string", "objectId"]]
            case (true, true): ["$not": ["$gte": position], "$type": ["string", "objectId"]]
            }
        return BSONDocument { command in
            command.append("$and", BSONLiteral.array([.value(query), ["_id": isBehind]]))
        }
    }
}

extension Paging {
    /// The fields that the server leaves out; `nil` for none. JSON may be stored in either of two.
    fileprivate var projection: BSONLiteral? {
        guard !needless.isEmpty else { return nil }
        return .document(
            needless.sorted().flatMap { [$0, "\($0)_json"] }.map { .init(key: $0, value: 0) })
    }
}

/// The jobs of a page, gathered from the replies of a cursor until the page is complete.
private final class GatheredPage: Sendable {
    private struct State {
        var page = JobPage(jobs: [])
        var bytes = 0
    }

    private let limit: Int
    private let maxBytes: Int
    private let state = Mutex(State())

    init(limit: Int, maxBytes: Int) {
        self.limit = limit
        self.maxBytes = maxBytes
    }

    var result: (JobPage, bytes: Int) { state.withLock { ($0.page, $0.bytes) } }

    /// - Returns: Whether more replies are necessary.
    func take(_ reply: BSONDocument) -> Bool {
        state.withLock { state in
            for document in reply.batch {
                let job = JobDocument(document).job
                state.page.jobs.append(job)
                state.bytes += job.weight
                guard state.bytes < maxBytes else {
                    state.page.remaining = limit - state.page.jobs.count
                    return false
                }
            }
            return state.page.jobs.count < limit
        }
    }
}

/// The average size of listed jobs, so that a page with a limit in bytes does not fetch many more
/// jobs than it can hold.
final class ListSizes: Sendable {
    private let average = Atomic(512)

    /// Returns the number of documents to request at once, which is likely to fill the page.
    func batchSize(limit: Int, maxBytes: Int?) -> Int {
        // After a batch of exactly `limit` documents, a server would require another request.
        guard let maxBytes else { return limit.addingClamped(1) }
        let likely = maxBytes / average.load(ordering: .relaxed)
        return min(max(likely.addingClamped(likely / 4), 1), limit).addingClamped(1)
    }

    func learn(jobs: Int, bytes: Int) {
        guard jobs > 0 else { return }
        average.store(max(bytes / jobs, 64), ordering: .relaxed)
    }
}
