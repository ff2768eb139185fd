package import JSON

/// The records of a store in memory: a plain value that the store protects with a lock.
package struct RecordTable: Sendable {
    /// The records of one kind.
    private struct Kind {
        /// The keys in the order of their bytes. Most new keys are the last ones.
        var keys: [String] = []
        var records: [ExactText: Record] = [:]

        /// The number of keys before a key, or up to it.
        func count(before key: String, including isIncluding: Bool = false) -> Int {
            var (low, high) = (0, keys.count)
            while low < high {
                let middle = (low + high) / 2
                let isBefore =
                    isIncluding
                    ? !String.isOrderedByBytes(key, keys[middle])
                    : String.isOrderedByBytes(keys[middle], key)
                if isBefore { low = middle + 1 } else { high = middle }
            }
            return low
        }

        mutating func set(_ key: String, _ record: Record?) {
            let exact = ExactText(key)
            let wasThere = records[exact] != nil
            records[exact] = record
            guard wasThere == (record == nil) else { return }
            let place = count(before: key)
            if record == nil { keys.remove(at: place) } else { keys.insert(key, at: place) }
        }

        func found(_ keys: some Sequence<String>) -> [Record] {
            keys.compactMap { records[ExactText($0)] }
        }
    }

    private var kinds: [RecordKind: Kind] = [:]
    /// The newest version of any record that is a time; others can be in a file only if it was
    /// edited. Versions of removed records are not used again.
    private var newest: Int64 = 0

    package init() {}

    package func records(of kind: RecordKind) -> [Record] {
        kinds[kind].map { $0.found($0.keys) } ?? []
    }

    package func records(of kind: RecordKind, _ range: RecordRange) -> [Record] {
        guard let records = kinds[kind] else { return [] }
        let limit = max(range.limit, 0)
        if range.isDescending {
            let end = range.after.map { records.count(before: $0) } ?? records.keys.count
            return records.found(records.keys[..<end].suffix(limit).reversed())
        }
        let start = range.after.map { records.count(before: $0, including: true) } ?? 0
        return records.found(records.keys[start...].prefix(limit))
    }

    package func count(of kind: RecordKind) -> Int { kinds[kind]?.keys.count ?? 0 }

    package func record(_ kind: RecordKind, _ key: String) -> Record? {
        kinds[kind]?.records[ExactText(key)]
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
        kinds[kind, default: Kind()].set(key, record)
        guard let version = record?.version, Timestamp.range.contains(version) else { return }
        newest = max(newest, version)
    }

    /// All records with their kinds.
    package var all: [(kind: RecordKind, record: Record)] {
        RecordKind.allCases.flatMap { kind in records(of: kind).map { (kind, $0) } }
    }
}
