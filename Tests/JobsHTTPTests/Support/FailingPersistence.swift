import JSON
import Jobs
import JobsMemory
import JobsTestSupport

/// A store in which everything fails.
struct FailingPersistence: SteppedPersistence {
    let error: any Error
    let base: any JobsPersistence = MemoryJobsPersistence()
    var records: any JobsRecords { FailingRecords(error: error) }

    func step<Value: Sendable>(
        _ call: (any JobsPersistence) async throws -> Value
    ) async throws -> Value {
        throw error
    }

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] { try result() }

    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] { try result() }

    /// The failure of one item of a call with several results.
    private func result<Value>() throws -> [Result<Value, JobsError>] {
        guard let error = error as? JobsError else { throw error }
        return [.failure(error)]
    }
}

private struct FailingRecords: JobsRecords {
    let error: any Error

    func records(of kind: RecordKind) async throws -> [Record] { throw error }
    func record(_ kind: RecordKind, _ key: String) async throws -> Record? { throw error }
    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    { throw error }
    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        throw error
    }
}
