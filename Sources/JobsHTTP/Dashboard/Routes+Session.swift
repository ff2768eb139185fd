import HTTPEdge
import HTTPTypes
import JSON
import Jobs
import JobsAPI
import NIOCore

extension Routes.Route {
    /// The name and the permissions of the caller, for the pages. Every authenticated caller may
    /// ask.
    ///
    /// - Parameter up: The path from the pages to the root of the service.
    static func session(_ settings: DashboardSettings, up: String, isProtected: Bool)
        -> Routes.Route
    {
        var route = Routes.Route(method: .get, scope: nil) { call in
            .json(JSONWriter.session(settings, up: up, isProtected ? call.principal : nil))
        }
        route.needsCaller = true
        return route
    }
}

extension JSONWriter {
    fileprivate static func session(
        _ settings: DashboardSettings, up: String, _ principal: Principal?
    ) -> ByteBuffer {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.key("jobs")
        json.string(up + settings.jobsRoute.trimmingSlashes)
        if let route = settings.metricsRoute {
            json.key("metrics")
            json.string(up + route.trimmingSlashes)
        }
        if let principal {
            json.key("name")
            json.string(principal.name)
            json.key("scopes")
            json.strings(principal.scopes.map(\.rawValue).sorted())
            if let types = principal.types {
                json.key("types")
                json.strings(types.sorted())
            }
        }
        json.key("read_only")
        json.boolean(principal == nil && !settings.allowsAnonymousActions)
        json.key("hide_params")
        json.boolean(settings.hidesParams)
        json.key("mask")
        json.strings(settings.maskedKeys.map { $0.lowercased() })
        json.endObject()
        return json.buffer
    }

    private mutating func strings(_ texts: [String]) {
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
