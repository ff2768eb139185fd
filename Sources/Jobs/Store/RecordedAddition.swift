public import JSON

/// Jobs to add together with the write of a record, both or neither.
public struct RecordedAddition: Sendable {
    /// The jobs to add.
    public var newJobs: [NewJob]
    /// The kind of the record.
    public var kind: RecordKind
    /// The key of the record.
    public var key: String
    /// The version of the record to replace.
    public var version: Int64
    /// Returns the new value of the record, given the ids of the jobs.
    public var value: @Sendable ([JobID]) -> JSONText

    /// Creates an addition.
    public init(
        _ newJobs: [NewJob], kind: RecordKind, key: String, over version: Int64,
        value: @escaping @Sendable ([JobID]) -> JSONText
    ) {
        self.newJobs = newJobs
        self.kind = kind
        self.key = key
        self.version = version
        self.value = value
    }
}

/// Jobs that were added, and the record that was written with them.
public struct RecordedJobs: Sendable, Equatable {
    /// The added jobs, in the order of the addition.
    public var jobs: [Job]
    /// The record after the write.
    public var record: Record

    /// Creates the result of an addition.
    public init(jobs: [Job], record: Record) {
        self.jobs = jobs
        self.record = record
    }
}
