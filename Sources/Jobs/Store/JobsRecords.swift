public import JSON

/// The small versioned documents that a store keeps beside its jobs: settings of types, schedules,
/// and what instances report.
///
/// A write names the version that it replaces, so of concurrent writes of one record exactly one
/// takes effect, across all instances of the service. The errors are those of ``JobsPersistence``.
public protocol JobsRecords: Sendable {
    /// Returns the records of a kind, in the order of their keys, compared byte by byte.
    func records(of kind: RecordKind) async throws -> [Record]

    /// Returns a record, or `nil` if there is none with this key.
    func record(_ kind: RecordKind, _ key: String) async throws -> Record?

    /// Returns some of the records of a kind, in the order of their keys or in descending order.
    func records(of kind: RecordKind, _ range: RecordRange) async throws -> [Record]

    /// Returns the number of records of a kind.
    func count(of kind: RecordKind) async throws -> Int

    /// Removes records, regardless of their versions.
    ///
    /// - Parameter keys: Their keys, at most 1,000.
    func remove(_ kind: RecordKind, _ keys: [String]) async throws

    /// Writes a record, if it still has the version that the caller has read.
    ///
    /// - Parameters:
    ///   - value: The new value, a JSON object of at most ``Record/maximumBytes`` bytes.
    ///   - version: The version to replace; `nil` if the record must not exist.
    /// - Returns: The record after the write; `nil` if it has another version.
    /// - Throws: ``JobsError/refused(reason:)`` if the value is too large.
    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?

    /// Removes a record, if it still has the version that the caller has read.
    ///
    /// - Returns: Whether it was removed; `false` if it has another version or does not exist.
    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool

    /// Whether other processes may change the records. A caller that depends on their changes has
    /// to read the records periodically.
    var areShared: Bool { get }
}

/// A part of the records of a kind.
public struct RecordRange: Sendable {
    /// The key behind which the part begins, in its order; `nil` for the beginning. No record needs
    /// to have it.
    public var after: String?
    /// The maximum number of records, at most 1,000.
    public var limit: Int
    /// Whether the order is descending.
    public var isDescending: Bool

    /// Creates a part.
    public init(after: String? = nil, limit: Int = 1000, isDescending: Bool = false) {
        self.after = after
        self.limit = limit
        self.isDescending = isDescending
    }
}

/// A kind of records.
public enum RecordKind: String, Sendable, CaseIterable {
    /// The settings of a type of jobs. The key is the type.
    case type
    /// When jobs of a type with a maximum number of starts were started, in stores of one process.
    /// The key is the type.
    case turnstile
    /// A schedule. The key is its id.
    case schedule
    /// A report of one instance of the service. The key is the id of the instance.
    case instance
    /// A bulk operation. The key is its id.
    case operation
    /// Work that one instance at a time does for all. The key is the name of the work.
    case work
    /// An entry of the audit. The key is its id.
    case audit
}

/// A small document with a version.
public struct Record: Sendable, Equatable {
    /// The key of the record, unique among the records of its kind.
    public var key: String
    /// A number that increases with every write, also when the record is removed and written again.
    public var version: Int64
    /// The value, a JSON object.
    public var value: JSONText

    /// The maximum size of a value, in bytes.
    public static let maximumBytes = 1 << 20

    /// Creates a record.
    public init(key: String, version: Int64, value: JSONText) {
        self.key = key
        self.version = version
        self.value = value
    }
}

extension JobsRecords {
    /// Returns some of the records of a kind. This default is for a store of few records.
    public func records(of kind: RecordKind, _ range: RecordRange) async throws -> [Record] {
        let all = try await records(of: kind)
        let ordered = range.isDescending ? all.reversed() : all
        let rest = ordered.drop { record in
            guard let after = range.after else { return false }
            return range.isDescending
                ? !String.isOrderedByBytes(record.key, after)
                : !String.isOrderedByBytes(after, record.key)
        }
        return Array(rest.prefix(max(range.limit, 0)))
    }

    /// Returns the number of records of a kind. This default is for a store of few records.
    public func count(of kind: RecordKind) async throws -> Int {
        try await records(of: kind).count
    }

    /// Removes records one by one. This default is for a store of few records.
    public func remove(_ kind: RecordKind, _ keys: [String]) async throws {
        for key in keys {
            guard let record = try await record(kind, key) else { continue }
            _ = try await remove(kind, key, over: record.version)
        }
    }

    /// No other process changes the records. This default is for a store of one process.
    public var areShared: Bool { false }

    /// Changes a record, and tries again if another write was faster.
    ///
    /// - Parameter change: Returns the new value, given the one before; `nil` to leave the record
    ///   as it is. It may be called several times.
    /// - Returns: The record after the change; `nil` if `change` has returned `nil`.
    /// - Throws: ``JobsError/overloaded`` if other writes were faster many times; the error of
    ///   `change` or of the store.
    public func update(
        _ kind: RecordKind, _ key: String, _ change: (JSONText?) throws -> JSONText?
    ) async throws -> Record? {
        for _ in 0..<100 {
            let record = try await record(kind, key)
            guard let value = try change(record?.value) else { return nil }
            if let written = try await write(kind, key, value, over: record?.version) {
                return written
            }
        }
        throw JobsError.overloaded
    }
}

extension JSONText {
    /// - Throws: ``JobsError/refused(reason:)`` if the value is too large for a record.
    package func checkRecordSize() throws(JobsError) {
        guard bytes.count <= Record.maximumBytes else {
            throw .refused(
                reason: "has \(bytes.count) bytes, and a record \(Record.maximumBytes) at most")
        }
    }
}
