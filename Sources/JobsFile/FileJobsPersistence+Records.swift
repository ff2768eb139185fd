public import JSON
public import Jobs
import JobsMemory

/// The records are kept in the journal only: the snapshot stays a list of jobs that older services
/// can read. Before a part of the journal is removed, the records are written again behind it.
extension FileJobsPersistence: JobsRecords {
    public var records: any JobsRecords { self }

    public func records(of kind: RecordKind) async throws -> [Record] {
        try await read { $0.records(of: kind) }
    }

    public func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
        try await read { $0.record(kind, key) }
    }

    public func records(of kind: RecordKind, _ range: RecordRange) async throws -> [Record] {
        try await read { $0.records(of: kind, range) }
    }

    public func count(of kind: RecordKind) async throws -> Int {
        try await read { $0.countRecords(of: kind) }
    }

    public func remove(_ kind: RecordKind, _ keys: [String]) async throws {
        try await change { jobs, _ in jobs.remove(kind, keys) }
    }

    public func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    {
        try value.checkRecordSize()
        return try await change { jobs, now in
            jobs.write(kind, key, value, over: version, at: now)
        }
    }

    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        // The lines of one call are in one batch of the journal, which is read as a whole or not at
        // all.
        try await change { jobs, now in jobs.add(addition, at: now) }
    }

    public func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool
    {
        try await change { jobs, _ in jobs.remove(kind, key, over: version) }
    }
}

extension StoredRecord {
    init(_ json: JSONValue) throws(Unreadable) {
        let name = try required(json["kind"]?.string, "kind")
        let kind = try required(RecordKind(rawValue: name), "kind")
        let key = try required(json["key"]?.string, "key")
        guard let value = json["value"], value.kind != .null else {
            self.init(kind: kind, key: key, record: nil)
            return
        }
        let version = try required(json["version"]?.integer, "version")
        self.init(
            kind: kind, key: key,
            record: Record(key: key, version: version, value: value.text))
    }
}

extension JSONWriter {
    mutating func record(_ stored: StoredRecord) {
        beginObject()
        key("kind")
        string(stored.kind.rawValue)
        key("key")
        string(stored.key)
        if let record = stored.record {
            key("version")
            integer(record.version)
            key("value")
            text(record.value)
        } else {
            key("value")
            null()
        }
        endObject()
    }
}
