import JSON
import Jobs
import JobsMemory
import NIOCore

/// The format of a job in the snapshot, and of a new job in the journal: the fields of the HTTP
/// API, the ten fields that every version of the service reads first; then those that only some
/// jobs have and `lock_token`; then the unknown members that were read with the job.
extension JSONWriter {
    mutating func stored(_ stored: StoredJob) {
        job(stored.job, as: .stored(stored.lockToken, unknown: stored.unknown))
    }
}

extension StoredJob {
    /// Reads a job from the object that this or another version of the service has written. Unknown
    /// members are kept; members that may be null may be missing.
    init(_ json: JSONValue) throws(Unreadable) {
        guard json.kind == .object else { throw Unreadable("is not an object") }
        var job: Job
        do {
            job = try Job(json, Self.reading)
        } catch {
            throw Unreadable(lacking: error.name)
        }
        // The service in Dart does not clear the lock of jobs that it aborts or completes.
        if !job.isLeased { job.lockedUntil = nil }
        self.init(job: job, lockToken: try json.lockToken(), unknown: Self.unknown(in: json))
    }

    static let reading = JobReading(
        needed: ["id", "type", "ref_id", "created"], isStrict: true, date: { Timestamp(stored: $0) }
    )

    /// The known members in the order in which they are written.
    private static let known = Job.fields.map(\.name) + ["lock_token"]

    private static func unknown(in json: JSONValue) -> JSONText? {
        let members = json.members(otherThan: known)
        guard !members.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        for (name, value) in members {
            writer.key(text: name)
            writer.text(value.text)
        }
        writer.endObject()
        return JSONText(validated: Array(buffer: writer.buffer))
    }
}

/// The error of a value that is missing or invalid.
struct Unreadable: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    init(lacking name: String) {
        reason = "has no \(name), or one of the wrong type"
    }
}

/// - Parameter name: The name of the member, for the error.
func required<Value>(_ value: Value?, _ name: String) throws(Unreadable) -> Value {
    guard let value else { throw Unreadable(lacking: name) }
    return value
}

/// The values of members. Optional ones are `nil` if they are null or missing.
extension JSONValue {
    func date(_ name: String) throws(Unreadable) -> Timestamp? {
        guard let value = self[name], value.kind != .null else { return nil }
        return try required(value.string.flatMap { Timestamp(stored: $0) }, name)
    }

    func lockToken() throws(Unreadable) -> LockToken? {
        guard let value = self["lock_token"], value.kind != .null else { return nil }
        return LockToken(try required(value.string, "lock_token"))
    }

    func count(_ name: String) throws(Unreadable) -> Int? {
        guard let value = self[name], value.kind != .null else { return nil }
        return Int(try required(value.integer, name))
    }
}
