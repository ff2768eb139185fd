public import Jobs
import Logging
public import Mongo
import Synchronization

/// Keeps jobs in a MongoDB collection that any number of instances share.
///
/// Every operation is one command that happens whole or not at all, judged and stamped by the
/// server's clock; no instance's own time decides anything. Writes are acknowledged by a majority
/// and, where they change one document, sent again after a failover without happening twice. What
/// the server cannot do within the client's timeouts is thrown as
/// ``JobsError/unavailable(reason:)``.
public final class MongoJobsPersistence: JobsPersistence {
    let collection: JobCollection
    /// The limits of cleaning that there is an index for.
    let cleanedLimits = Mutex<Set<Int>>([])
    let windows = ClaimWindows()
    let passedOver = PassedOver()
    let observer: any JobObserver
    let maxPageSize: Int
    let listTimeout: Duration
    let listSizes = ListSizes()
    private let ids = Mutex(JobIDGenerator())

    /// - Parameters:
    ///   - collection: its name. Documents of the older services in it are taken over as they are
    ///     met.
    ///   - maxPageSize: the most jobs that a list returns at once.
    ///   - listTimeout: how long the database may take for a list, and for its total.
    public init(
        client: MongoClient, database: String, collection: String = "jobs", maxPageSize: Int = 1000,
        listTimeout: Duration = .seconds(5), observer: any JobObserver = IgnoringObserver()
    ) {
        self.listTimeout = listTimeout
        self.observer = observer
        self.collection = JobCollection(client: client, database: database, name: collection)
        self.maxPageSize = maxPageSize
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await collection.find(["_id": id.bson] as BSONLiteral, limit: 1).first
            .map { JobDocument($0).job }
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        guard !ids.isEmpty else { return [:] }
        let documents = try await collection.find(
            ["_id": ["$in": .array(ids.flatMap(\.bsons))]] as BSONLiteral,
            // Of an id that may be one of two both may be there.
            limit: 2 * ids.count, projection: ["type": 1])
        return documents.reduce(into: [:]) { types, document in
            let job = JobDocument(document).job
            types[job.id] = job.type
        }
    }

    public func now() async throws -> Timestamp { try await collection.now() }

    public func start(_ start: Start) async throws -> StartedJob? {
        let token = ClaimTokens().token(of: start.id)
        let started = try await collection.findAndModify(
            [
                "_id": start.id.bson, "completed": .null,
                "$expr": [
                    "$not": [
                        "$or": [Pipelines.isLive, Pipelines.isExpired, Pipelines.isUnmigrated]
                    ]
                ],
            ],
            update: Pipelines.start(token, timeout: start.timeout))
        return started.map { found in
            countLapse(found)
            return StartedJob(job: found.job, lockToken: token)
        }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await collection.findAndRemove(["_id": id.bson])?.job
    }

    func nextID(at now: Timestamp) -> JobID {
        ids.withLock { $0.next(at: now) }
    }
}
