public import JSON
public import Jobs
import Synchronization

extension MemoryJobsPersistence: JobsRecords {
    public var records: any JobsRecords { self }

    public func records(of kind: RecordKind) -> [Record] {
        jobs.withLock { $0.records(of: kind) }
    }

    public func record(_ kind: RecordKind, _ key: String) -> Record? {
        jobs.withLock { $0.record(kind, key) }
    }

    public func records(of kind: RecordKind, _ range: RecordRange) -> [Record] {
        jobs.withLock { $0.records(of: kind, range) }
    }

    public func count(of kind: RecordKind) -> Int {
        jobs.withLock { $0.countRecords(of: kind) }
    }

    public func remove(_ kind: RecordKind, _ keys: [String]) {
        jobs.withLock { $0.remove(kind, keys) }
    }

    public func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        throws -> Record?
    {
        try value.checkRecordSize()
        return jobs.withLock { $0.write(kind, key, value, over: version, at: clock()) }
    }

    public func add(_ addition: RecordedAddition) -> RecordedJobs? {
        jobs.withLock { $0.add(addition, at: clock()) }
    }

    public func remove(_ kind: RecordKind, _ key: String, over version: Int64) -> Bool {
        jobs.withLock { $0.remove(kind, key, over: version) }
    }
}
