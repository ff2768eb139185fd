import JSON
import Jobs
import NIOCore

/// The description of the instance that serves the pages, as they show it.
public struct ServiceInstance: Sendable {
    let status: ServiceStatus
    let version: String
    let store: String
    let waiting: Int

    /// - Parameters:
    ///   - store: Where jobs are kept, worded to follow "Jobs are kept".
    ///   - waiting: The number of claims that wait in this instance.
    public init(status: ServiceStatus, version: String, store: String, waiting: Int) {
        self.status = status
        self.version = version
        self.store = store
        self.waiting = waiting
    }

    func json(at now: Timestamp) -> ByteBuffer {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        json.key("version")
        json.string(version)
        json.key("store")
        json.string(store)
        json.key("waiting")
        json.integer(waiting)
        json.members(of: status, at: now)
        json.endObject()
        return json.buffer
    }
}
