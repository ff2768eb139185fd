import BSON
public import Jobs
import Synchronization

extension MongoJobsPersistence {
    /// A `find` in the order of `_id` and, if it is asked for, a `count`.
    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        let limit = paging.limit(maxPageSize: maxPageSize)
        let end = ContinuousClock.now + listTimeout
        var page = JobPage(jobs: [])
        do {
            if limit > 0 { page = try await jobs(filter, paging, limit: limit) }
            if paging.wantsTotal {
                let patience = max(ContinuousClock.now.duration(to: end).milliseconds, 1)
                page.total = try await collection.countListed(filter.query, patience: patience)
            }
        } catch JobsError.timedOut {
            throw JobsError.timedOut(reason: filter.reasonOfSlowness(listTimeout))
        }
        return page
    }

    private func jobs(_ filter: JobFilter, _ paging: Paging, limit: Int) async throws -> JobPage {
        let query = filter.query(after: try await position(paging.after))
        let gathering = GatheredPage(limit: limit, maxBytes: paging.maxBytes ?? .max)
        let batchSize = listSizes.batchSize(limit: limit, maxBytes: paging.maxBytes)
        try await collection.read(
            BSONDocument { command in
                command.append("find", collection.name)
                command.append("filter", query)
                command.append("sort", ["_id": 1] as BSONLiteral)
                if paging.skip > 0 { command.append("skip", Int64(paging.skip)) }
                command.append("limit", Int64(limit))
                command.append("batchSize", Int64(batchSize))
                command.append("maxTimeMS", max(listTimeout.milliseconds, 1))
            }, onReply: gathering.take)
        let (page, bytes) = gathering.result
        listSizes.learn(jobs: page.jobs.count, bytes: bytes)
        return page
    }

    /// Where the jobs behind an id begin in the order of `_id`.
    ///
    /// Strings come first, in the order of their bytes, then object ids, which are read as the text
    /// of their digits. Of an id that could be either the collection says what it is; if its job is
    /// gone it was an object id, as ids of 24 digits are else made by nobody.
    private func position(_ id: JobID?) async throws -> BSONLiteral? {
        guard let id else { return nil }
        let text = BSONLiteral.string(id.description)
        guard let objectID = id.objectID else { return text }
        let found = try await collection.find(
            ["_id": id.bson] as BSONLiteral, sort: ["_id": -1], limit: 1, projection: ["_id": 1])
        return found.first?["_id"]?.string == nil ? .value(objectID) : text
    }
}

extension JobFilter {
    /// The query that finds what the filter matches behind a position in the order of `_id`.
    ///
    /// A comparison with `$gt` finds values of one type only; with "not `$lte`" those of the types
    /// that come later are found as well.
    fileprivate func query(after position: BSONLiteral?) -> BSONDocument {
        guard let position else { return query }
        let isBehind: BSONLiteral =
            if case .value(let value) = position, value.bsonType == .objectID {
                ["$gt": position]
            } else {
                ["$not": ["$lte": position], "$type": ["string", "objectId"]]
            }
        return BSONDocument { query in
            query.append("$and", BSONLiteral.array([.value(self.query), ["_id": isBehind]]))
        }
    }
}

/// The jobs of a page as they come in, until there are enough.
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

    /// - Returns: whether more is wanted.
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

/// How large listed jobs are, so that a page that is bounded by bytes does not fetch many more jobs
/// than it can hold.
final class ListSizes: Sendable {
    private let average = Atomic(512)

    /// How many documents to ask for at once: as many as the page is likely to hold.
    func batchSize(limit: Int, maxBytes: Int?) -> Int {
        // After a batch of exactly `limit` servers want to be asked once more.
        guard let maxBytes else { return limit + 1 }
        let likely = maxBytes / average.load(ordering: .relaxed)
        return min(max(likely + likely / 4, 1), limit) + 1
    }

    func learn(jobs: Int, bytes: Int) {
        guard jobs > 0 else { return }
        average.store(max(bytes / jobs, 64), ordering: .relaxed)
    }
}
