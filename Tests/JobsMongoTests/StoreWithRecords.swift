import JSON
import Jobs
import Synchronization

/// A store whose records are other ones.
struct StoreWithRecords: JobsPersistenceLayer {
    let base: any JobsPersistence
    let records: any JobsRecords
}

/// Records that count how often all of a kind are read.
final class CountedRecords: JobsRecords {
    private let base: any JobsRecords
    private let count = Mutex(0)
    var areShared: Bool { true }
    var reads: Int { count.withLock { $0 } }

    init(_ base: any JobsRecords) {
        self.base = base
    }

    func records(of kind: RecordKind) async throws -> [Record] {
        count.withLock { $0 += 1 }
        return try await base.records(of: kind)
    }

    func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
        try await base.record(kind, key)
    }

    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    {
        try await base.write(kind, key, value, over: version)
    }

    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        try await base.remove(kind, key, over: version)
    }
}
