import BSON
import Jobs
import Mongo

@testable import JobsMongo

/// The commands that the older service in Node sends to its collection.
///
/// It judges leases by its own clock and does not know the fields of this service.
struct NodeService: Sendable {
    let collection: TestCollection

    /// Its `add_job`: the document that its driver writes.
    @discardableResult
    func add(
        type: String = "mail", refID: String = "1", id: String = .randomID, ttl: Int64? = nil
    ) async throws -> String {
        var sample = NodeSample(id)
        sample.type = type
        sample.refID = refID
        sample.executeUntil = ttl.map { Timestamp.now().advanced(by: $0) }
        try await collection.insert([sample.document])
        return id
    }

    /// Its `add_uniq_job`: any job of the type and reference counts.
    func addUnique(type: String = "mail", refID: String = "1") async throws -> String {
        let found = try await collection.documents([
            "$and": [["type": .string(type)], ["ref_id": .string(refID)]]
        ])
        if let id = found.first?["_id"]?.string { return id }
        return try await add(type: type, refID: refID)
    }

    /// Its `start_job_by_id`.
    /// - Returns: The id of the job if it was started.
    @discardableResult
    func start(_ id: String, timeout: Int64 = 60_000) async throws -> String? {
        try await start(timeout: timeout, where: [["_id": .string(id)]])
    }

    /// Its `start_job_by_type`.
    @discardableResult
    func start(type: String, timeout: Int64 = 60_000) async throws -> String? {
        try await start(
            timeout: timeout, where: [["type": .string(type)], ["retries": ["$lt": 10]]])
    }

    private func start(timeout: Int64, where conditions: [BSONLiteral]) async throws -> String? {
        let now = Timestamp.now()
        let isUnfinished: BSONLiteral = [
            "$or": [["completed": ["$eq": .null]], ["completed": ["$exists": false]]]
        ]
        let isFree: BSONLiteral = [
            "$or": [
                ["locked_until": ["$eq": .null]], ["locked_until": ["$exists": false]],
                ["locked_until": ["$lte": .date(now)]],
            ]
        ]
        return try await findOneAndUpdate(
            ["$and": .array(conditions + [isUnfinished, isFree])],
            [
                "$set": [
                    "timeout": .int(timeout), "started": .date(now),
                    "locked_until": .date(now.advanced(by: timeout)),
                ],
                "$inc": ["retries": 1],
            ])
    }

    func extend(_ id: String, timeout: Int64) async throws {
        let end = Timestamp.now().advanced(by: timeout)
        try await updatePartially(id, ["timeout": .int(timeout), "locked_until": .date(end)])
    }

    func abort(_ id: String) async throws {
        try await updatePartially(id, ["started": .null, "locked_until": .null])
    }

    func complete(_ id: String) async throws {
        try await updatePartially(
            id, ["started": .null, "locked_until": .null, "completed": .date(.now())])
    }

    func delete(_ id: String) async throws {
        try await collection.run(
            [
                "findAndModify": .string(collection.name), "query": ["_id": .string(id)],
                "remove": true,
            ], as: .write)
    }

    private func updatePartially(_ id: String, _ fields: BSONLiteral) async throws {
        _ = try await findOneAndUpdate(["_id": .string(id)], ["$set": fields])
    }

    private func findOneAndUpdate(_ query: BSONLiteral, _ update: BSONLiteral) async throws
        -> String?
    {
        try await collection.run(
            [
                "findAndModify": .string(collection.name), "query": query, "update": update,
                "new": true,
            ], as: .write)["value"]?.document?["_id"]?.string
    }
}

/// A document of the older service in Node.
struct NodeSample {
    var id: String
    var type = "mail"
    var refID = "1"
    /// The params; `nil` if the field is missing.
    var params: BSONLiteral? = .null
    var created = Timestamp.now()
    var started: Timestamp?
    var lockedUntil: Timestamp?
    var executeUntil: Timestamp?
    var completed: Timestamp?
    var retries: BSONLiteral = 0
    /// The timeout of the last start, which the service does not remove.
    var timeout: Int64?

    init(_ id: String = .randomID) {
        self.id = id
    }

    var document: BSONLiteral {
        var members: [(String, BSONLiteral)] = [
            ("_id", .string(id)), ("type", .string(type)), ("ref_id", .string(refID)),
            ("created", .date(created)), ("started", .date(started)),
            ("locked_until", .date(lockedUntil)), ("execute_until", .date(executeUntil)),
            ("completed", .date(completed)), ("retries", retries),
        ]
        if let params { members.insert(("params", params), at: 3) }
        if let timeout { members.append(("timeout", .int(timeout))) }
        return .document(members.map { BSONLiteral.Member(key: $0, value: $1) })
    }
}

extension BSONLiteral {
    static func date(_ moment: Timestamp?) -> BSONLiteral {
        moment.map { .value($0.bson) } ?? .null
    }
}

extension String {
    /// An id in the form of the older services: a UUID of version 4 without dashes.
    static var randomID: String {
        JobID("\(LockToken.random())").description
    }
}
