import JSON
import JobsHTTP

extension ComponentKind {
    /// The services that are served over HTTP.
    static let services = [
        service(
            "pip-services-jobs:service:http:*:1.0",
            keys: [
                "swagger.enable", "swagger.route", "swagger.name", "swagger.description",
                "dependencies.controller", "options.allow_delete_jobs", "dashboard.enable",
                "dashboard.route", "dashboard.allow_anonymous_actions", "dashboard.hide_params",
                "dashboard.mask_keys",
            ],
            unusedKeys: ["swagger.auto"]
        ) { config, _ in
            let baseRoute = config["base_route"].map { String($0.trimmingSlashes) } ?? "v1/jobs"
            return .jobs(
                baseRoute: baseRoute, description: try description(config, baseRoute: baseRoute),
                allowsDeletingAll: try config.boolean("options.allow_delete_jobs") ?? true,
                dashboard: try dashboard(config, baseRoute: baseRoute))
        },
        service("pip-services:heartbeat-service:http:*:1.0", keys: ["route"]) { config, _ in
            .heartbeat(route: route(config, orElse: "heartbeat"))
        },
        service("pip-services:status-service:http:*:1.0", keys: ["route"]) { config, _ in
            .status(route: route(config, orElse: "status"))
        },
        service(
            "pip-services:metrics-service:prometheus:*:1.0", keys: ["route"],
            unusedKeys: ["dependencies.prometheus-counters", "dependencies.cached-counters"]
        ) { config, _ in
            .metrics(
                MetricsRoutes(
                    route: route(config, orElse: "metrics"),
                    resettingRoute: route(config["base_route"], "metricsandreset")))
        },
    ]

    private static func service(
        _ pattern: Descriptor, keys: KeyPatterns, unusedKeys: KeyPatterns = [],
        kind: @escaping @Sendable (ComponentConfig, inout [String]) throws -> ServiceSettings.Kind
    ) -> ComponentKind {
        ComponentKind(
            pattern: pattern,
            keys: keys + ["base_route", "dependencies.endpoint"] + EndpointSettings.keys,
            unusedKeys: unusedKeys + EndpointSettings.unusedKeys
        ) { config, warnings in
            .service(
                ServiceSettings(
                    kind: try kind(config, &warnings),
                    endpoint: try config.reference("dependencies.endpoint"),
                    controller: try config.reference("dependencies.controller")))
        }
    }

    /// The settings of the OpenAPI document. The original services have it only in YAML, and only
    /// if that is enabled; this service has it unless it is disabled.
    private static func description(_ config: ComponentConfig, baseRoute: String) throws
        -> DescriptionSettings?
    {
        let isEnabled = try config.boolean("swagger.enable")
        guard isEnabled != false else { return nil }
        let name = config["swagger.route"] ?? "swagger"
        return DescriptionSettings(
            title: config["swagger.name"], text: config["swagger.description"],
            yamlRoute: isEnabled == nil ? nil : "\(baseRoute)/\(name.trimmingSlashes)")
    }

    /// The settings of the pages for operators; `nil` if they are switched off.
    private static func dashboard(_ config: ComponentConfig, baseRoute: String) throws
        -> DashboardSettings?
    {
        guard try config.boolean("dashboard.enable") ?? true else { return nil }
        var settings = DashboardSettings(jobsRoute: baseRoute)
        if let route = config["dashboard.route"] {
            guard !route.trimmingSlashes.isEmpty else {
                throw config.error("dashboard.route", "must not be empty", .badConfig)
            }
            settings.route = String(route.trimmingSlashes)
        }
        settings.allowsAnonymousActions =
            try config.boolean("dashboard.allow_anonymous_actions") ?? false
        settings.hidesParams = try config.boolean("dashboard.hide_params") ?? false
        if config["dashboard.mask_keys"] != nil {
            settings.maskedKeys = config.list("dashboard.mask_keys").filter { $0 != "none" }
        }
        return settings
    }

    private static func route(_ config: ComponentConfig, orElse name: String) -> String {
        route(config["base_route"], config["route"] ?? name)
    }

    private static func route(_ base: String?, _ name: String) -> String {
        [base, name]
            .compactMap(\.?.trimmingSlashes).filter { !$0.isEmpty }.joined(separator: "/")
    }
}
