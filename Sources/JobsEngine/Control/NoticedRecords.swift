import JSON
import Jobs

/// The records of a store. A cache is notified of the writes of this process.
struct NoticedRecords: JobsRecords {
    let base: any JobsRecords
    let cache: SettingsCache

    var areShared: Bool { base.areShared }

    func records(of kind: RecordKind) async throws -> [Record] {
        try await base.records(of: kind)
    }

    func records(of kind: RecordKind, _ range: RecordRange) async throws -> [Record] {
        try await base.records(of: kind, range)
    }

    func count(of kind: RecordKind) async throws -> Int { try await base.count(of: kind) }

    func remove(_ kind: RecordKind, _ keys: [String]) async throws {
        try await base.remove(kind, keys)
        if kind == .type { cache.renew() }
    }

    func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
        try await base.record(kind, key)
    }

    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    {
        let record = try await base.write(kind, key, value, over: version)
        if kind == .type, let record { cache.take(record) }
        return record
    }

    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        let isRemoved = try await base.remove(kind, key, over: version)
        if kind == .type, isRemoved { cache.renew() }
        return isRemoved
    }
}
