import JSON
import Jobs
import JobsMemory

/// A store that keeps jobs, but no records.
struct ForgetfulPersistence: JobsPersistenceLayer {
    let base: any JobsPersistence = MemoryJobsPersistence()
    let records: any JobsRecords = Forgetful()

    private struct Forgetful: JobsRecords {
        func records(of kind: RecordKind) async throws -> [Record] { [] }
        func record(_ kind: RecordKind, _ key: String) async throws -> Record? { nil }
        func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
            async throws -> Record?
        {
            throw JobsError.unavailable(reason: "no records")
        }
        func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
            false
        }
    }
}
