package import JSON

/// The records of a store in memory: a plain value that the store protects with a lock.
package struct RecordTable: Sendable {
    private var records: [RecordKind: [ExactText: Record]] = [:]
    /// The newest version of any record. Versions of removed records are not used again.
    private var newest: Int64 = 0

    package init() {}

    package func records(of kind: RecordKind) -> [Record] {
        (records[kind] ?? [:]).values.sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
    }

    package func record(_ kind: RecordKind, _ key: String) -> Record? {
        records[kind]?[ExactText(key)]
    }

    /// Writes a record that has the version `version`.
    ///
    /// - Parameter now: The time of the store, the least version, so that versions also increase
    ///   after a restart.
    /// - Returns: The record after the write; `nil` if it has another version.
    package mutating func write(
        _ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?,
        at now: Timestamp
    ) -> Record? {
        guard record(kind, key)?.version == version else { return nil }
        let record = Record(key: key, version: max(newest + 1, now.milliseconds), value: value)
        set(kind, key, record)
        return record
    }

    /// Sets or removes a record, regardless of its version.
    package mutating func set(_ kind: RecordKind, _ key: String, _ record: Record?) {
        records[kind, default: [:]][ExactText(key)] = record
        newest = max(newest, record?.version ?? 0)
    }

    /// All records with their kinds.
    package var all: [(kind: RecordKind, record: Record)] {
        RecordKind.allCases.flatMap { kind in records(of: kind).map { (kind, $0) } }
    }
}
