import BSON
import JSON
import Jobs
import Mongo

/// The records beside the jobs of a collection: documents of another collection in the same
/// database, with the suffix `_records`.
///
/// The `_id` is the kind and the key, such as `type/mail`; `value` is the value, or `value_json`
/// its text if BSON cannot represent it exactly.
struct MongoRecords: JobsRecords {
    let collection: JobCollection

    init(of jobs: JobCollection) {
        collection = JobCollection(
            client: jobs.client, database: jobs.database, name: "\(jobs.name)_records")
    }

    var areShared: Bool { true }

    func records(of kind: RecordKind) async throws -> [Record] {
        var records: [Record] = []
        var last = Self.prefix(kind)
        while true {
            // A key can be empty, so the first page includes its prefix.
            let from = last == Self.prefix(kind) ? "$gte" : "$gt"
            let page = try await read([
                "_id": .document([
                    .init(key: from, value: .string(last)),
                    .init(key: "$lt", value: .string(Self.end(kind))),
                ])
            ])
            records += page.compactMap { Record($0, kind) }
            guard page.count == Self.pageSize, let end = page.last?["_id"]?.string else {
                return records
            }
            last = end
        }
    }

    func records(of kind: RecordKind, _ range: RecordRange) async throws -> [Record] {
        guard range.limit > 0 else { return [] }
        let after = range.after.map { BSONLiteral.string(Self.id(kind, $0)) }
        let first = after.flatMap {
            range.isDescending ? nil : BSONLiteral.Member(key: "$gt", value: $0)
        }
        let last = after.flatMap {
            range.isDescending ? BSONLiteral.Member(key: "$lt", value: $0) : nil
        }
        return try await read(
            [
                "_id": .document([
                    first ?? .init(key: "$gte", value: .string(Self.prefix(kind))),
                    last ?? .init(key: "$lt", value: .string(Self.end(kind))),
                ])
            ], limit: min(range.limit, Self.pageSize), isDescending: range.isDescending
        ).compactMap { Record($0, kind) }
    }

    func count(of kind: RecordKind) async throws -> Int {
        let command = BSONDocument { command in
            command.append("count", collection.name)
            command.append("query", Self.all(kind))
        }
        do {
            let reply = try await collection.send(command, as: .read)
            return Int(reply["n"]?.integer ?? 0)
        } catch let error as MongoError where error.isLackOfRights {
            return 0
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    func remove(_ kind: RecordKind, _ keys: [String]) async throws {
        guard !keys.isEmpty else { return }
        let ids = BSONLiteral.array(keys.map { .string(Self.id(kind, $0)) })
        let command = BSONDocument { command in
            command.append("delete", collection.name)
            command.append(
                "deletes", [["q": ["_id": ["$in": ids]], "limit": 0]] as BSONLiteral)
        }
        do {
            _ = try await collection.send(command, as: .write)
        } catch let error as MongoError {
            throw refusal(error)
        }
    }

    private static func all(_ kind: RecordKind) -> BSONLiteral {
        ["_id": ["$gte": .string(prefix(kind)), "$lt": .string(end(kind))]]
    }

    func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
        try await read(["_id": .string(Self.id(kind, key))]).first.flatMap { Record($0, kind) }
    }

    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    {
        let command = try writing(kind, key, value, over: version)
        do {
            let reply = try await collection.send(command, as: .retryableWrite)
            return reply["value"]?.document.flatMap { Record($0, kind) }
        } catch let error as MongoError {
            if case .duplicateKey = error.kind { return nil }
            throw refusal(error)
        }
    }

    /// The command that writes a record if it has the version `version`.
    ///
    /// - Throws: `JobsError.refused` if the value is too large.
    func writing(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        throws(JobsError) -> BSONDocument
    {
        try value.checkRecordSize()
        return BSONDocument { command in
            command.append("findAndModify", collection.name)
            // No record has the version 0, so the upsert fails if the record exists.
            command.append(
                "query",
                ["_id": .string(Self.id(kind, key)), "version": .int(version ?? 0)] as BSONLiteral)
            command.append("update", Self.change(to: value))
            command.append("upsert", version == nil)
            command.append("new", true)
            command.append("fields", Self.shown)
        }
    }

    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        let command = BSONDocument { command in
            command.append("findAndModify", collection.name)
            command.append(
                "query",
                ["_id": .string(Self.id(kind, key)), "version": .int(version)] as BSONLiteral)
            command.append("remove", true)
            command.append("fields", ["_id": 1] as BSONLiteral)
        }
        do {
            let reply = try await collection.send(command, as: .retryableWrite)
            return reply["value"]?.document != nil
        } catch let error as MongoError {
            throw refusal(error)
        }
    }

    /// The most records that one command reads, which have 16 MiB together at most.
    private static let pageSize = 1000

    /// Reads documents in the order of their ids. An account that may not read them sees none, so
    /// that the jobs can be used with the rights that they need.
    private func read(
        _ query: BSONLiteral, limit: Int = pageSize, isDescending: Bool = false
    ) async throws -> [BSONDocument] {
        let command = BSONDocument { command in
            command.append("find", collection.name)
            command.append("filter", query)
            command.append("sort", ["_id": isDescending ? -1 : 1] as BSONLiteral)
            command.append("projection", Self.shown)
            command.append("limit", Int64(limit))
            command.append("batchSize", Int64(limit) + 1)
        }
        do {
            return try await collection.client.collect(command, on: collection.database)
                .flatMap(\.batch)
        } catch let error as MongoError where error.isLackOfRights {
            return []
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    func refusal(_ error: MongoError) -> any Error {
        guard error.isLackOfRights else { return error.asJobsError }
        return JobsError.refused(
            reason: "the account of the service may not write the collection \(collection.name)")
    }

    private static let shown: BSONLiteral = ["version": 1, "value": 1, "value_json": 1]

    /// Sets the value and a new version, which is the time, so that the versions also increase if a
    /// record is removed and written again.
    private static func change(to value: JSONText) -> BSONLiteral {
        var fields: [BSONLiteral.Member] = [
            .init(
                key: "version",
                value: [
                    "$max": [
                        ["$add": [["$ifNull": ["$version", .int(0)]], .int(1)]],
                        ["$toLong": "$$NOW"],
                    ]
                ])
        ]
        switch StoredJSON(value) {
        case .value(let value):
            fields += [
                .init(key: "value", value: .literal(value)),
                .init(key: "value_json", value: "$$REMOVE"),
            ]
        case .text(let text):
            fields += [
                .init(key: "value", value: "$$REMOVE"),
                .init(key: "value_json", value: .literal(text)),
            ]
        }
        return [["$set": .document(fields)]]
    }

    static func id(_ kind: RecordKind, _ key: String) -> String { prefix(kind) + key }

    private static func prefix(_ kind: RecordKind) -> String { "\(kind.rawValue)/" }

    /// The first id behind those of a kind: `0` follows `/`.
    private static func end(_ kind: RecordKind) -> String { "\(kind.rawValue)0" }
}

extension Record {
    /// - Returns: `nil` for a document that is no record, such as one that an operator wrote.
    init?(_ document: BSONDocument, _ kind: RecordKind) {
        guard let id = document["_id"]?.string, let version = document["version"]?.integer,
            let value = document["value"].flatMap({ JSONText($0) })
                ?? document["value_json"]?.string.flatMap({ try? JSONText($0) })
        else { return nil }
        self.init(
            key: String(id.dropFirst(kind.rawValue.count + 1)), version: version, value: value)
    }
}

extension MongoError {
    /// Whether the account is known, but may not do this.
    var isLackOfRights: Bool { code == 13 }
}
