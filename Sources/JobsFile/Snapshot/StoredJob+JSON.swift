import JSON
import Jobs
import JobsMemory
import NIOCore

/// How a job is written in the snapshot, and in the journal when it is new: as clients see it, the ten
/// fields that every version of the service reads first; the `lock_token`; and what was read with it that
/// this version does not know.
extension JSONWriter {
    mutating func stored(_ stored: StoredJob) {
        job(stored.job, lockToken: stored.lockToken, unknown: stored.unknown)
    }
}

extension StoredJob {
    /// Reads a job from the object that this or another version of the service has written. What it
    /// does not know it keeps; what may be null may be missing.
    init(_ json: JSONValue) throws(Unreadable) {
        guard json.kind == .object else { throw Unreadable("is no object") }
        var job: Job
        do {
            job = try Job(json, Self.reading)
        } catch {
            throw Unreadable(lacking: error.name)
        }
        // The service in Dart forgets to unlock what it aborts and completes.
        if !job.isLeased { job.lockedUntil = nil }
        self.init(job: job, lockToken: try json.lockToken(), unknown: Self.unknown(in: json))
    }

    private static let reading = JobReading(
        needed: ["id", "type", "ref_id", "created"], isStrict: true, date: { Timestamp(stored: $0) }
    )

    /// In the order in which they are written.
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

/// Why a value is not what it should be.
struct Unreadable: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    init(lacking name: String) {
        reason = "has no \(name), or one of the wrong kind"
    }
}

/// - Parameter name: what is not there, or not so.
func required<Value>(_ value: Value?, _ name: String) throws(Unreadable) -> Value {
    guard let value else { throw Unreadable(lacking: name) }
    return value
}

/// Members; of those that may be null, nil where they are null or missing.
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
