public import Jobs
import Logging
public import Mongo
import Synchronization

/// A store in a MongoDB collection that any number of instances share.
///
/// Every operation is one atomic command, which judges and stamps jobs by the clock of the server;
/// the clocks of the instances do not matter. Writes have the write concern `majority`. Writes of
/// one document are retryable: they are sent again after a failover and take effect once. An
/// operation that the server cannot do within the timeouts of the client throws
/// ``JobsError/unavailable(reason:)``.
public final class MongoJobsPersistence: JobsPersistence {
    let collection: JobCollection
    public let records: any JobsRecords
    /// The limits of cleaning that have an index.
    let cleanedLimits = Mutex<Set<Int>>([])
    let cleaningProgress = Mutex(CleaningProgress())
    let windows = ClaimWindows()
    let peers: ClaimPeers
    let readAhead: ReadAhead
    let passedOver = PassedOver()
    let limited = LimitedTypes()
    let turnstiles: Turnstiles
    let observer: any JobObserver
    let maxPageSize: Int
    let listTimeout: Duration
    let listSizes = ListSizes()
    private let ids = Mutex(JobIDGenerator())

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - collection: The name of the collection. Its documents of older services are adopted when
    ///     they are found.
    ///   - maxPageSize: The maximum number of jobs on a page of a list.
    ///   - listTimeout: The maximum time of the database for a list, and for its total.
    public init(
        client: MongoClient, database: String, collection: String = "jobs", maxPageSize: Int = 1000,
        listTimeout: Duration = .seconds(5), observer: any JobObserver = IgnoringObserver()
    ) {
        peers = ClaimPeers()
        readAhead = ReadAhead(peers: peers)
        self.listTimeout = listTimeout
        self.observer = observer
        self.collection = JobCollection(client: client, database: database, name: collection)
        self.maxPageSize = maxPageSize
        let records = MongoRecords(of: self.collection)
        self.records = records
        turnstiles = Turnstiles(
            jobs: self.collection, records: records.collection, tag: peers.tag)
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await collection.find(["_id": id.bson] as BSONLiteral, limit: 1).first
            .map { JobDocument($0).job }
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        guard !ids.isEmpty else { return [:] }
        let documents = try await collection.find(
            ["_id": ["$in": .array(ids.flatMap(\.bsons))]] as BSONLiteral,
            // An id that can be a string or an object id can have two documents.
            limit: 2 * ids.count, projection: ["type": 1])
        return documents.reduce(into: [:]) { types, document in
            let job = JobDocument(document).job
            types[job.id] = job.type
        }
    }

    public func now() async throws -> Timestamp { try await collection.now() }

    public func start(_ start: Start) async throws -> StartedJob? {
        if let counted = try await startCounted(start) { return counted }
        let token = ClaimTokens(tag: peers.tag).token(of: start.id)
        let started = try await collection.findAndModify(
            Self.startable(start.id), update: Pipelines.start(token, start))
        return started.map { found in
            countLapse(found)
            return StartedJob(job: found.job, lockToken: token)
        }
    }

    /// The query for a job that can be started by its id.
    static func startable(_ id: JobID) -> BSONLiteral {
        ["_id": id.bson, "completed": .null, "$expr": isStartable]
    }

    private static let isStartable = BSONLiteral.encoded([
        "$not": [
            "$or": [
                Pipelines.isLive, Pipelines.isGivenUpOrCancelling, Pipelines.isExpired,
                Pipelines.isUnmigrated,
            ]
        ]
    ])

    public func delete(_ id: JobID) async throws -> Job? {
        try await collection.findAndRemove(["_id": id.bson])?.job
    }

    func nextID(at now: Timestamp) -> JobID {
        ids.withLock { $0.next(at: now) }
    }
}
