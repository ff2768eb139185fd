import Jobs
import JobsEngine
import JobsHTTP
import Platform

/// The validated contents of a configuration: everything that will run, with all references between
/// components resolved. Nothing is open yet, so errors are reported before anything is changed.
struct ContainerPlan: Sendable {
    struct Store: Sendable {
        let config: ComponentConfig
        let open: StoreOpening
    }

    struct Controller: Sendable {
        let config: ComponentConfig
        let options: JobsController.Options
        /// Index into ``ContainerPlan/stores``.
        let store: Int
    }

    enum Served: Sendable, Equatable {
        /// - Parameters:
        ///   - controller: The index into ``ContainerPlan/controllers``.
        ///   - description: The settings of the OpenAPI document; `nil` for no document.
        ///   - dashboard: The settings of the pages for operators; `nil` for no pages.
        case jobs(
            baseRoute: String, controller: Int,
            description: DescriptionSettings? = DescriptionSettings(),
            allowsDeletingAll: Bool = true, dashboard: DashboardSettings? = DashboardSettings())
        case heartbeat(route: String)
        case status(route: String)
        case metrics(MetricsRoutes)
    }

    struct Endpoint: Sendable {
        /// The configuration of the endpoint, or of the service that opens its own endpoint.
        let config: ComponentConfig
        let settings: EndpointSettings
        var served: [Served] = []

        var servesJobs: Bool {
            served.contains { if case .jobs = $0 { true } else { false } }
        }

        /// The settings of the OpenAPI documents of the services that have one.
        var descriptions: [DescriptionSettings] {
            served.compactMap {
                if case .jobs(_, _, let description, _, _) = $0 { description } else { nil }
            }
        }
    }

    let file: String
    private(set) var info = ContextInfo(id: hostName())
    private(set) var console = ConsoleSettings()
    private(set) var counters: LogCounters.Options?
    private(set) var stores: [Store] = []
    private(set) var controllers: [Controller] = []
    private(set) var endpoints: [Endpoint] = []
    /// The access control of all endpoints; `nil` if every caller may use every operation.
    private(set) var access: AccessSettings?
    /// The descriptors of all components in the order of their creation, for the status.
    private(set) var components: [String]
    /// The warnings: settings that are valid but may not have the expected effect.
    private(set) var warnings: [String] = []

    /// Whether the service has an endpoint or a background task.
    var hasWork: Bool {
        !endpoints.isEmpty || controllers.contains { $0.options.cleanInterval > 0 }
    }

    /// Whether every web page can use the service with the network access of its visitors: jobs are
    /// served to pages of all origins, and no keys are required.
    var isOpenToPages: Bool {
        access == nil && endpoints.contains { $0.servesJobs && $0.settings.allowsAllOrigins }
    }

    /// Whether the file configures the routes of the metrics.
    var placesMetrics: Bool {
        endpoints.contains { endpoint in
            endpoint.served.contains { if case .metrics = $0 { true } else { false } }
        }
    }

    /// - Throws: ``ConfigError``
    init(_ file: ConfigFile) throws {
        self.file = file.path
        warnings = file.warnings
        // The original services list these two before the components of the file.
        components = [
            "pip-services:context-info:default:default:1.0",
            "pip-services:factory:container:default:1.0",
        ]
        var parts = Parts()
        for config in file.components {
            components.append("\(config.descriptor)")
            parts.append(try make(config), config)
        }
        if let info = parts.infos.first { self.info = info }
        console = ConsoleSettings(merging: parts.consoles)
        counters = parts.counters.first
        try resolve(parts)
        try protect(parts)
    }

    private mutating func make(_ config: ComponentConfig) throws -> Component {
        guard let kind = ComponentKind.kind(of: config.descriptor) else {
            throw config.error(nil, "is no component that this service knows", .cannotCreate)
        }
        for key in config.keys where !(kind.keys + kind.unusedKeys).contains(key) {
            guard !kind.isStrict else {
                throw config.error(key, "is no key of this component", .badConfig)
            }
            warnings.append(config.warning(key, "is no key of this component and has no effect"))
        }
        return try kind.make(config, &warnings)
    }

    private mutating func resolve(_ parts: Parts) throws {
        var used: [Int] = []
        for (config, settings) in parts.controllers {
            let wanted = settings.persistence ?? "pip-services-jobs:persistence:*:*:1.0"
            guard let store = parts.stores.firstIndex(where: { wanted.matches($0.0.descriptor) })
            else { throw config.missing("dependencies.persistence", wanted) }
            if !used.contains(store) { used.append(store) }
            let index = used.firstIndex(of: store) ?? 0
            controllers.append(Controller(config: config, options: settings.options, store: index))
        }
        stores = used.map { Store(config: parts.stores[$0].0, open: parts.stores[$0].1) }
        for (index, (config, _)) in parts.stores.enumerated() where !used.contains(index) {
            warnings.append("\(file): \(config.descriptor): is used by no controller")
        }
        endpoints = parts.endpoints.map { Endpoint(config: $0, settings: $1) }
        for (config, settings) in parts.services {
            let served = try self.served(config, settings)
            let index = try endpoint(of: config, settings, in: parts)
            endpoints[index].served.append(served)
        }
    }

    private mutating func protect(_ parts: Parts) throws {
        guard parts.access.count <= 1 else {
            throw parts.access[1].0.error(nil, "there can be only one such component", .badConfig)
        }
        access = parts.access.first?.1
        guard access != nil else { return }
        for endpoint in endpoints where !endpoint.settings.keepsSecrets {
            warnings.append(
                endpoint.config.warning(
                    "connection.protocol",
                    "is http, so that keys and tokens can be read on their way here"))
        }
    }

    private func served(_ config: ComponentConfig, _ settings: ServiceSettings) throws -> Served {
        switch settings.kind {
        case .heartbeat(let route): return .heartbeat(route: route)
        case .status(let route): return .status(route: route)
        case .metrics(let routes): return .metrics(routes)
        case .jobs(let baseRoute, let description, let allowsDeletingAll, let dashboard):
            let wanted = settings.controller ?? "pip-services-jobs:controller:*:*:1.0"
            let index = controllers.firstIndex { wanted.matches($0.config.descriptor) }
            guard let index else { throw config.missing("dependencies.controller", wanted) }
            return .jobs(
                baseRoute: baseRoute, controller: index, description: description,
                allowsDeletingAll: allowsDeletingAll, dashboard: dashboard)
        }
    }

    /// The shared endpoint that serves a service, or a new one if the file has none.
    private mutating func endpoint(
        of config: ComponentConfig, _ settings: ServiceSettings, in parts: Parts
    ) throws -> Int {
        let wanted = settings.endpoint ?? "*:endpoint:http:*:1.0"
        let shared = parts.endpoints.firstIndex { wanted.matches($0.0.descriptor) }
        if let shared {
            for key in config.keys where EndpointSettings.keys.contains(key) {
                warnings.append(
                    config.warning(
                        key, "has no effect, as \(parts.endpoints[shared].0.descriptor) serves"))
            }
            return shared
        }
        if let explicit = settings.endpoint {
            throw config.missing("dependencies.endpoint", explicit)
        }
        let own = try EndpointSettings(config, warnings: &warnings)
        endpoints.append(Endpoint(config: config, settings: own))
        return endpoints.count - 1
    }
}

/// The components of a file, grouped by kind, in the order of the file.
private struct Parts {
    var infos: [ContextInfo] = []
    var consoles: [ConsoleSettings] = []
    var counters: [LogCounters.Options] = []
    var stores: [(ComponentConfig, StoreOpening)] = []
    var controllers: [(ComponentConfig, ControllerSettings)] = []
    var endpoints: [(ComponentConfig, EndpointSettings)] = []
    var services: [(ComponentConfig, ServiceSettings)] = []
    var access: [(ComponentConfig, AccessSettings)] = []

    mutating func append(_ component: Component, _ config: ComponentConfig) {
        switch component {
        case .contextInfo(let info): infos.append(info)
        case .console(let settings): consoles.append(settings)
        case .counters(let options): counters.append(options)
        case .persistence(let open): stores.append((config, open))
        case .controller(let settings): controllers.append((config, settings))
        case .endpoint(let settings): endpoints.append((config, settings))
        case .service(let settings): services.append((config, settings))
        case .access(let settings): access.append((config, settings))
        case .inert: break
        }
    }
}

extension ComponentConfig {
    fileprivate func missing(_ key: String, _ wanted: Descriptor) -> ConfigError {
        error(key, "there is no component \(wanted) in the file", .referenceMissing)
    }
}
