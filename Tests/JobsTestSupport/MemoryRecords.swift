public import JSON
public import Jobs
import Synchronization

/// Records in memory, for stores of tests that keep nothing else.
public final class MemoryRecords: JobsRecords {
    private let table = Mutex(RecordTable())

    public init() {}

    public func records(of kind: RecordKind) -> [Record] {
        table.withLock { $0.records(of: kind) }
    }

    public func record(_ kind: RecordKind, _ key: String) -> Record? {
        table.withLock { $0.record(kind, key) }
    }

    public func records(of kind: RecordKind, _ range: RecordRange) -> [Record] {
        table.withLock { $0.records(of: kind, range) }
    }

    public func count(of kind: RecordKind) -> Int { table.withLock { $0.count(of: kind) } }

    public func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        -> Record?
    {
        table.withLock { $0.write(kind, key, value, over: version, at: .now()) }
    }

    public func remove(_ kind: RecordKind, _ key: String, over version: Int64) -> Bool {
        table.withLock { table in
            guard table.record(kind, key)?.version == version else { return false }
            table.set(kind, key, nil)
            return true
        }
    }
}
