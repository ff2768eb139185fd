extension ComponentKind {
    /// What is served over HTTP.
    static let services = [
        service(
            "pip-services-jobs:service:http:*:1.0",
            keys: ["swagger.*", "dependencies.controller"]
        ) { config, warnings in
            if try config.boolean("swagger.enable") == true {
                warnings.append(
                    config.warning("swagger.enable", "the description of the API is not served"))
            }
            return .jobs(baseRoute: config["base_route"].map(trimmingSlashes) ?? "v1/jobs")
        },
        service("pip-services:heartbeat-service:http:*:1.0", keys: ["route"]) { config, _ in
            .heartbeat(route: route(config, orElse: "heartbeat"))
        },
        service("pip-services:status-service:http:*:1.0", keys: ["route"]) { config, _ in
            .status(route: route(config, orElse: "status"))
        },
    ]

    private static func service(
        _ pattern: Descriptor, keys: KeyPatterns,
        kind: @escaping @Sendable (ComponentConfig, inout [String]) throws -> ServiceSettings.Kind
    ) -> ComponentKind {
        ComponentKind(
            pattern: pattern,
            keys: keys + ["base_route", "dependencies.endpoint"] + EndpointSettings.keys,
            unusedKeys: EndpointSettings.unusedKeys
        ) { config, warnings in
            .service(
                ServiceSettings(
                    kind: try kind(config, &warnings),
                    endpoint: try config.reference("dependencies.endpoint"),
                    controller: try config.reference("dependencies.controller")))
        }
    }

    private static func route(_ config: ComponentConfig, orElse name: String) -> String {
        [config["base_route"], config["route"] ?? name]
            .compactMap(\.self).map(trimmingSlashes).filter { !$0.isEmpty }.joined(separator: "/")
    }

    private static func trimmingSlashes(_ route: String) -> String {
        let start = route.drop { $0 == "/" }
        return String(start.reversed().drop { $0 == "/" }.reversed())
    }
}
