package import JSON
package import Jobs

/// The records beside the jobs.
extension MemoryJobs {
    package func records(of kind: RecordKind) -> [Record] { records.records(of: kind) }

    package func record(_ kind: RecordKind, _ key: String) -> Record? { records.record(kind, key) }

    package func records(of kind: RecordKind, _ range: RecordRange) -> [Record] {
        records.records(of: kind, range)
    }

    package func countRecords(of kind: RecordKind) -> Int { records.count(of: kind) }

    package mutating func write(
        _ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?,
        at now: Timestamp
    ) -> Record? {
        let before = records.record(kind, key)
        guard let record = records.write(kind, key, value, over: version, at: now) else {
            return nil
        }
        note(StoredRecord(kind: kind, key: key, record: record), before: before)
        return record
    }

    /// Adds jobs and writes a record, if it has the version of the addition.
    package mutating func add(_ addition: RecordedAddition, at now: Timestamp) -> RecordedJobs? {
        guard record(addition.kind, addition.key)?.version == addition.version else { return nil }
        let jobs = addition.newJobs.map { add($0, at: now) }
        let value = addition.value(jobs.map(\.id))
        return write(addition.kind, addition.key, value, over: addition.version, at: now)
            .map { RecordedJobs(jobs: jobs, record: $0) }
    }

    package mutating func remove(_ kind: RecordKind, _ key: String, over version: Int64) -> Bool {
        guard let before = records.record(kind, key), before.version == version else {
            return false
        }
        records.set(kind, key, nil)
        note(StoredRecord(kind: kind, key: key, record: nil), before: before)
        return true
    }

    package mutating func remove(_ kind: RecordKind, _ keys: [String]) {
        for key in keys {
            guard let before = records.record(kind, key) else { continue }
            records.set(kind, key, nil)
            note(StoredRecord(kind: kind, key: key, record: nil), before: before)
        }
    }

    private mutating func note(_ stored: StoredRecord, before: Record?) {
        if isRecording { changes.append(.record(stored, before: before)) }
    }

    /// All records, for a store that also keeps them on a disk.
    package var storedRecords: [StoredRecord] {
        records.all.map { StoredRecord(kind: $0.kind, key: $0.record.key, record: $0.record) }
    }

    /// Sets or removes a record without recording a change.
    package mutating func restore(_ stored: StoredRecord) {
        records.set(stored.kind, stored.key, stored.record)
    }
}
