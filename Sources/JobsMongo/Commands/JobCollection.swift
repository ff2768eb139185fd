import BSON
import Jobs
import Mongo
import Synchronization

/// The collection of jobs, which sends commands, returns documents and converts errors to
/// `JobsError`.
struct JobCollection: Sendable {
    let client: MongoClient
    let database: String
    let name: String
    let clock = ServerClock()
    let indexes = IndexHealth()

    /// Runs a command whose first member is its name.
    func run(_ command: BSONDocument, as kind: MongoCommandKind) async throws -> BSONDocument {
        do {
            return try await send(command, as: kind)
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    /// Runs a command like ``run(_:as:)``, but throws the errors of the database.
    func send(_ command: BSONDocument, as kind: MongoCommandKind) async throws -> BSONDocument {
        try checkSize(of: command)
        do {
            return try await withHint(command) {
                try await client.run($0, on: database, as: kind)
            }
        } catch let error as MongoError {
            switch error.kind {
            // Another server with a different clock may answer from now on.
            case .unreachable, .notPrimary, .unknownOutcome: clock.forget()
            default: break
            }
            throw error
        }
    }

    /// Throws if a command is too large, since the server would close the connection.
    func checkSize(of command: BSONDocument) throws {
        guard command.bytes.count <= Self.maximumCommandBytes else {
            throw MongoError(
                .refused, code: MongoError.tooLarge,
                message: "The command would have \(command.bytes.count) bytes")
        }
    }

    /// The maximum size of a command, in bytes.
    ///
    /// A server accepts 16 KiB more than the size of a document. The driver adds the session and
    /// the concerns.
    static let maximumCommandBytes = JobDocument.maximumBytes + (15 << 10)

    /// Changes the first matching document with a pipeline, in one step.
    ///
    /// - Returns: The document after the change; `nil` if there is none.
    func findAndModify(
        _ query: BSONLiteral, sort: BSONLiteral? = nil, update: BSONLiteral,
        hint: JobIndexes.Index? = nil
    ) async throws -> JobDocument? {
        let command = findAndModifyCommand(query, sort: sort, update: update, hint: hint)
        return try await run(command, as: .retryableWrite)["value"]?.document.map {
            JobDocument($0)
        }
    }

    /// Changes a document like ``findAndModify(_:sort:update:hint:)``, but with a plain write.
    ///
    /// For each retryable write a server keeps an image of the document, which costs it a sixth of
    /// the time of a claim and a completion. These can be repeated without it, since the token of
    /// the lease tells whether the first attempt took effect.
    ///
    /// - Parameter taken: The query for the document after the change; `nil` if a second change has
    ///   no further effect.
    func findAndModifyByToken(
        _ query: BSONLiteral, update: BSONLiteral, hint: JobIndexes.Index? = nil,
        taken: BSONLiteral? = nil
    ) async throws -> JobDocument? {
        let command = findAndModifyCommand(query, update: update, hint: hint)
        do {
            return try await send(command, as: .write)["value"]?.document.map { JobDocument($0) }
        } catch let error as MongoError {
            guard error.kind == .unknownOutcome || error.kind == .notPrimary else {
                throw error.asJobsError
            }
        }
        // An unstructured task: if the caller is cancelled in between, the outcome stays unknown.
        return try await Task {
            // The write without a change waits until a majority has the document.
            if let taken, let found = try await findAndModify(taken, update: Pipelines.same) {
                return found
            }
            return try await findAndModify(query, update: update, hint: hint)
        }.value
    }

    /// Changes the first matching document like ``findAndModify(_:sort:update:hint:)``, and lets it
    /// take a unique key.
    ///
    /// - Throws: ``KeyIsTaken`` if another job has the key.
    func findAndModifyUnlessTaken(_ query: BSONLiteral, _ update: BSONLiteral) async throws
        -> JobDocument?
    {
        do {
            return try await send(
                findAndModifyCommand(query, update: update), as: .retryableWrite)[
                    "value"]?.document.map { JobDocument($0) }
        } catch let error as MongoError {
            if case .duplicateKey(let key) = error.kind, key.isOurs { throw KeyIsTaken() }
            throw error.asJobsError
        }
    }

    func findAndModifyCommand(
        _ query: BSONLiteral, sort: BSONLiteral? = nil, update: BSONLiteral, upsert: Bool = false,
        hint: JobIndexes.Index? = nil
    ) -> BSONDocument {
        BSONDocument(capacity: 2048) { command in
            command.append("findAndModify", name)
            command.append("query", query)
            if let sort { command.append("sort", sort) }
            command.append("update", update)
            command.append("new", true)
            if upsert { command.append("upsert", true) }
            command.append(hint, in: indexes)
        }
    }

    /// Removes a document.
    ///
    /// - Returns: The document before its removal; `nil` if there is none.
    func findAndRemove(_ query: BSONLiteral) async throws -> JobDocument? {
        let command = BSONDocument { command in
            command.append("findAndModify", name)
            command.append("query", query)
            command.append("remove", true)
        }
        return try await run(command, as: .retryableWrite)["value"]?.document.map {
            JobDocument($0)
        }
    }

    /// Changes all matching documents.
    ///
    /// - Returns: The number of changed documents.
    @discardableResult
    func updateMany(
        _ query: BSONLiteral, _ update: BSONLiteral, hint: JobIndexes.Index
    ) async throws -> Int {
        let reply = try await run(
            BSONDocument { command in
                command.append("update", name)
                command.array("updates") { updates in
                    updates.document { statement in
                        statement.append("q", query)
                        statement.append("u", update)
                        statement.append("multi", true)
                        statement.append(hint, in: indexes)
                    }
                }
            }, as: .write)
        return Int(reply["nModified"]?.integer ?? 0)
    }

    /// The same as ``updateMany(_:_:hint:)`` for several queries by id and for idempotent changes.
    /// An update of many documents is not a retryable write, so after a failure this method repeats
    /// it once.
    @discardableResult
    func updateManyAgain(_ updates: [(query: BSONLiteral, pipeline: BSONLiteral)]) async throws
        -> Int
    {
        let statements = updates.map { update -> BSONLiteral in
            [
                "q": update.query, "u": update.pipeline, "multi": true,
                "hint": .string(JobIndexes.id.name),
            ]
        }
        let command = BSONDocument(["update": .string(name), "updates": .array(statements)])
        do {
            return Int(try await send(command, as: .write)["nModified"]?.integer ?? 0)
        } catch let error as MongoError {
            guard error.kind == .unknownOutcome || error.kind == .notPrimary else {
                throw error.asJobsError
            }
            return Int(try await run(command, as: .write)["nModified"]?.integer ?? 0)
        }
    }

    func updateManyAgain(_ query: BSONLiteral, _ pipeline: BSONLiteral) async throws -> Int {
        try await updateManyAgain([(query, pipeline)])
    }

    /// Returns the first matching documents.
    ///
    /// - Parameter start: The first key of the hinted index to scan, of any BSON type.
    func find(
        _ query: some BSONEncodable, sort: BSONLiteral? = nil, skip: Int = 0, limit: Int,
        projection: BSONLiteral? = nil, hint: JobIndexes.Index? = nil,
        from start: BSONLiteral? = nil, patience: Int64 = countingPatience
    ) async throws -> [BSONDocument] {
        let command = BSONDocument { command in
            command.append("find", name)
            command.append("filter", query)
            if let sort { command.append("sort", sort) }
            if let projection { command.append("projection", projection) }
            command.append(hint, in: indexes)
            if let start { command.append("min", start) }
            if skip > 0 { command.append("skip", Int64(skip)) }
            command.append("limit", Int64(limit))
            // One reply, unless it is too large. By default the first batch has 101 documents, and
            // a batch of exactly `limit` documents would require another request.
            command.append("batchSize", Int64(min(limit, .max - 1)) + 1)
            command.append("maxTimeMS", patience)
        }
        return try await documents(of: command)
    }

    /// Returns jobs by their ids. Those beyond the budgets lack their large fields, so that no more
    /// is kept in memory.
    func jobs(_ ids: [BSONLiteral], _ budgets: BulkBudgets) async throws -> [JobDocument] {
        let command = BSONDocument { command in
            command.append("find", name)
            command.append("filter", ["_id": ["$in": .array(ids)]] as BSONLiteral)
            command.append("limit", Int64(ids.count))
            command.append("batchSize", Int64(ids.count) + 1)
            command.append("maxTimeMS", Self.countingPatience)
        }
        let budgets = Mutex(budgets)
        return try await documents(of: command) { reply in
            reply.batch.map { document in
                var document = JobDocument(document)
                budgets.withLock { $0.spend(on: &document.job) }
                return document
            }
        }.flatMap(\.self)
    }

    /// Returns all documents of a command with a cursor.
    func documents(of command: BSONDocument) async throws -> [BSONDocument] {
        try await documents(of: command, needed: \.batch).flatMap(\.self)
    }

    /// Returns what is needed of each reply of a command with a cursor.
    private func documents<Value: Sendable>(
        of command: BSONDocument, needed: @escaping @Sendable (BSONDocument) -> Value
    ) async throws -> [Value] {
        do {
            try checkSize(of: command)
            return try await withHint(command) {
                try await client.collect($0, on: database, needed: needed)
            }
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    /// Returns the time of the server, and reads it only if the last reading is too old.
    func now() async throws -> Timestamp {
        if let now = clock.now() { return now }
        let reply = try await run(BSONDocument(["hello": 1]), as: .plain)
        guard let time = reply["localTime"]?.date else {
            throw JobsError.unavailable(reason: "The server does not report its time")
        }
        clock.set(Timestamp(milliseconds: time.milliseconds))
        return clock.now() ?? Timestamp(milliseconds: time.milliseconds)
    }
}

/// The error of a change that gives a job a unique key that another job has.
struct KeyIsTaken: Error {}

extension BSONDocument {
    /// The documents of one batch of a cursor.
    var batch: [BSONDocument] {
        let cursor = self["cursor"]?.document
        let batch = (cursor?["firstBatch"] ?? cursor?["nextBatch"])?.array
        return batch?.compactMap(\.document) ?? []
    }
}
