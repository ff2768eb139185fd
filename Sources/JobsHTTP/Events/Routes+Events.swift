import HTTPEdge
import HTTPTypes
import JSON
import Jobs
import JobsAPI
public import JobsEngine
public import Logging

extension Routes {
    /// `GET /<base route>/events`: the state of the service every few seconds, as server-sent
    /// events, for pages that show it.
    ///
    /// - Parameters:
    ///   - instance: The id of this instance of the service.
    ///   - version: The version of the service.
    public static func events(
        _ controller: JobsController, baseRoute: String = "v1/jobs", instance: String = "",
        version: String = "", logger: Logger
    ) -> Routes {
        events(
            SummaryFeed(source: .init(instance: instance, version: version), logger: logger) {
                _ = try await controller.now()
            } _: {
                try await controller.knowledgeOfTypes()
            }, baseRoute: baseRoute)
    }

    static func events(_ feed: SummaryFeed, baseRoute: String = "v1/jobs") -> Routes {
        let base = baseRoute.trimmingSlashes
        let operation = Operation.telling(
            "events", path: base.isEmpty ? "/events" : "/\(base)/events",
            summary: """
                Tells the state of the service every few seconds, as server-sent events: the data of each \
                is a Summary.
                """, schema: ["type": "string", "contentSchema": .reference("Summary")],
            mediaType: "text/event-stream")
        var headers = Answer.noCacheHeaders
        headers[.contentType] = "text/event-stream"
        // Some proxies hold answers back otherwise.
        headers[.accelBuffering] = "no"
        var route = Route(method: .get) { [headers] call in
            let place = try feed.enter()
            let admission = call.admission
            var answer = Answer(status: .ok, headers: headers, body: SummaryStream.start)
            answer.isLive = true
            answer.rest = { SummaryStream(place, admission) }
            return answer
        }
        route.checksOrigin = true
        return Routes(routes: [operation.path: route], operations: [operation])
    }
}

extension HTTPField.Name {
    // The unwrap is safe: the name is a valid token of HTTP.
    fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
