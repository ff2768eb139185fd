import HTTPEdge
import HTTPTypes
import Jobs
import JobsAPI
import NIOCore

extension Routes {
    /// `GET /health/live`: 200 if the process answers. `GET /health/ready`: 200 if its stores also
    /// answer and it is not about to stop, else 503. `GET /health`: the same, since many look there
    /// first.
    public static func health(_ readiness: Readiness) -> Routes {
        let live = Operation.telling(
            "health_live", path: "/health/live", summary: "Checks that the service runs.",
            schema: .status("live"), scope: nil, answers: [])
        let ready = Operation.telling(
            "health_ready", path: "/health/ready",
            summary: "Checks whether the service is ready.", schema: .status("ready"), scope: nil)
        let health = Operation.telling(
            "health", path: "/health", summary: "Checks whether the service is ready.",
            schema: .status("ready"), scope: nil)
        let isReady = Route(method: .get, isProbe: true, scope: nil) { _ in
            switch await readiness.verdict() {
            case .ready: return .status("ready")
            case .unavailable: throw JobsError.unavailable(reason: "The store is unavailable")
            case .stopping: throw HTTPFailure.stopping
            }
        }
        return Routes(
            routes: [
                // In maintenance too, or a supervisor would restart the service again and again.
                live.path: Route(
                    method: .get, answersInMaintenance: true, isProbe: true, scope: nil
                ) { _ in .status("live") },
                ready.path: isReady, health.path: isReady,
            ], operations: [live, ready, health])
    }
}

extension Answer {
    fileprivate static func status(_ word: String) -> Answer {
        let body: JSONLiteral = ["status": .string(word)]
        return .json(body.json)
    }
}

extension JSONLiteral {
    fileprivate static func status(_ word: String) -> JSONLiteral {
        [
            "type": "object", "required": ["status"],
            "properties": ["status": ["type": "string", "const": .string(word)]],
        ]
    }
}
