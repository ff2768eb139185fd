import HTTPEdge
import HTTPTypes
import JSON
public import Jobs
import JobsAPI
import NIOCore

extension Routes {
    /// `GET /heartbeat`: the time, to show that the service answers.
    public static func heartbeat(route: String = "heartbeat") -> Routes {
        let operation = Operation.telling(
            "heartbeat", path: "/\(route.trimmingSlashes)", summary: "Returns the time.",
            schema: ["type": "string", "format": "date-time"], scope: nil)
        return get(operation, isProbe: true) {
            var json = JSONWriter(capacity: 32)
            json.date(.now())
            return json.buffer
        }
    }

    /// `GET /status`: the components of the running service, and its start time.
    public static func status(route: String = "status", _ status: ServiceStatus) -> Routes {
        let operation = Operation.telling(
            "status", path: "/\(route.trimmingSlashes)",
            summary: "Returns the components and the start time.", schema: .reference("Status"))
        return get(operation) { status.json(at: .now()) }
    }

    /// A route that answers every POST with the same text, to measure the server without the
    /// service.
    package static func fixed(route: String, answer: String) -> Routes {
        let body = ByteBuffer(string: answer)
        return Routes(routes: [
            "/\(route.trimmingSlashes)": Route(method: .post, scope: nil) { call in
                _ = try await call.jsonBody()
                return .json(body)
            }
        ])
    }

    private static func get(
        _ operation: Operation, isProbe: Bool = false, _ body: @escaping @Sendable () -> ByteBuffer
    ) -> Routes {
        Routes(
            routes: [
                operation.path: Route(
                    method: .get, isProbe: isProbe, scope: operation.scope
                ) { _ in
                    .json(body())
                }
            ],
            operations: [operation])
    }
}

/// The properties of the running service that the status route returns.
public struct ServiceStatus: Sendable {
    let id: String
    let name: String
    let description: String
    let startTime: Timestamp
    let properties: [String: String]
    let components: [String]
    let version: String

    /// - Parameters:
    ///   - id: The id of this instance, usually the name of the host.
    ///   - components: The full descriptors of the components in the order of creation.
    ///   - version: The version of the service. The original services do not tell theirs.
    public init(
        id: String, name: String, description: String, startTime: Timestamp,
        properties: [String: String], components: [String], version: String
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.startTime = startTime
        self.properties = properties
        self.components = components
        self.version = version
    }

    func json(at now: Timestamp) -> ByteBuffer {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        json.members(of: self, at: now)
        json.endObject()
        return json.buffer
    }
}

extension JSONWriter {
    mutating func members(of status: ServiceStatus, at now: Timestamp) {
        key("id")
        string(status.id)
        key("name")
        string(status.name)
        key("description")
        string(status.description)
        key("version")
        string(status.version)
        key("start_time")
        date(status.startTime)
        key("current_time")
        date(now)
        key("uptime")
        integer(now.milliseconds(since: status.startTime))
        key("properties")
        beginObject()
        for (name, value) in status.properties.sorted(by: { $0.key < $1.key }) {
            key(text: name)
            string(value)
        }
        endObject()
        key("components")
        beginArray()
        for component in status.components { string(component) }
        endArray()
    }
}
