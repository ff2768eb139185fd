import HTTPEdge
import Jobs
import JobsAPI
import JobsEngine
import JobsHTTP
import Logging
import Mongo
import Prometheus
import ServiceLifecycle
import UnixSignals

/// Opens everything in a plan and runs it until the process is told to stop.
struct Container: Sendable {
    /// In-flight requests get this long to finish. `docker stop` kills after 10 seconds, and the
    /// stores and counters behind the requests have to be closed by then too.
    static let shutdownGrace = Duration.seconds(8)

    let plan: ContainerPlan
    /// Logs events of the container as a whole, with its name as the correlation id.
    let logger: Logger
    /// The metrics of the process.
    let metrics: PrometheusMetrics
    /// The counters that are written to the log; `nil` for none.
    let counters: LogCounters?
    /// The signals that stop it; `nil` if only the graceful shutdown of a surrounding service group
    /// does.
    var stop: StopSignals?
    /// The SIGHUP signals, which reload; `nil` if nothing reloads.
    var hangUps: UnixSignalsSequence?
    /// The service manager, which is told that the service is alive or stops; `nil` for none.
    var manager: ServiceManager?
    /// The actions that SIGHUP triggers.
    var onReload: [@Sendable () async -> Void] = []
    private let startTime = Timestamp.now()

    init(
        plan: ContainerPlan, logger: Logger,
        metrics: PrometheusMetrics = PrometheusMetrics(ServiceMetrics.descriptions),
        counters: LogCounters? = nil
    ) {
        self.plan = plan
        self.logger = logger
        self.metrics = metrics
        self.counters = counters
    }

    /// Opens, runs and closes everything.
    ///
    /// Returns when ``stop`` or the graceful shutdown of a surrounding service group has stopped
    /// it: endpoints first, then what they use. Throws if anything cannot be opened or fails later.
    /// - Parameter onStart: Called once, when every endpoint accepts connections.
    func run(onStart: @escaping @Sendable () -> Void) async throws {
        guard plan.hasWork else {
            throw ConfigError(file: plan.file, "has nothing in it to run", .badConfig)
        }
        let componentLogger = Logger(label: plan.info.name)
        let jobMetrics = JobMetrics()
        var access: ReloadableAccess?
        if let settings = plan.access { access = try await ReloadableAccess(settings) }
        let activities = plan.stores.map { _ in JobActivity(passingOnTo: jobMetrics) }
        let stores = try await open(componentLogger, activities)
        announce(stores, access)
        let waiting = zip(stores, activities).map { store, activity in
            WaitingJobsPersistence(
                store.persistence, news: store.news, options: store.waiting, activity: activity)
        }
        let controllers = plan.controllers.map {
            JobsController(
                persistence: waiting[$0.store], options: $0.options,
                observer: activities[$0.store])
        }
        let readiness = Readiness(checks: stores.map(\.check), logger: componentLogger)
        let listeners = plan.endpoints.reduce(0) { $0 + ($1.settings.health == nil ? 1 : 2) }
        let startup = Startup(awaiting: listeners + 1) { [logger, plan] in
            onStart()
            guard plan.isOpenToPages else { return }
            logger.warning("Any web page can call: no keys, and cors_origins is not \"none\"")
        }

        // The group stops its services from last to first.
        var services: [any Service] = stores.flatMap(\.services)
        if let counters { services.insert(counters, at: 0) }
        if let watchdog = Watchdog(manager) { services.insert(watchdog, at: 0) }
        if let hangUps {
            let actions = onReload + (access.map { [reload($0)] } ?? [])
            services.insert(Reloading(signals: hangUps, actions: actions), at: 0)
        }
        services.append(readiness)
        let watched = ServiceMetrics(
            metrics, stores: stores.map(\.readings), waiting: waiting, readiness: readiness,
            census: census(of: stores, jobMetrics, componentLogger))
        services += watched.services
        services += waiting.map { waiting in
            ClosureService {
                await cancelWhenGracefulShutdown {
                    await waiting.followNews(logger: componentLogger)
                }
            }
        }
        services += claimReports(waiting, componentLogger)
        services += cleaners(controllers, componentLogger)
        services += controllers.flatMap { runners($0, componentLogger) }
        for endpoint in plan.endpoints {
            services += try listening(
                endpoint, controllers, readiness, access?.access, watched, componentLogger,
                instances: instances(stores, waiting)
            ) {
                startup.oneIsUp()
            }
        }
        services.append(announcer(startup, readiness))
        let group = group(services)
        stop?.onStop { [self] in Task { await self.stop(group) } }
        try await group.run()
    }

    /// Stops the services. Waits for them only for their grace period and the time that stores need
    /// to close, since a request to a database that does not answer cannot be cancelled.
    private func stop(_ group: ServiceGroup) async {
        await group.triggerGracefulShutdown()
        try? await Task.sleep(
            for: Self.shutdownGrace + shutdownDelay + MongoClient.shutdownPatience)
        logger.warning("Stopping without waiting longer for calls that do not answer")
        stop?.abandon()
    }

    private func reload(_ access: ReloadableAccess) -> @Sendable () async -> Void {
        let logger = logger
        return {
            do {
                try await access.reload()
                logger.notice("Reloaded the key files")
            } catch {
                logger.error("Failed to reload the key files", error: error)
            }
        }
    }

    /// How long requests are still accepted after a shutdown begins.
    private var shutdownDelay: Duration {
        plan.endpoints.map(\.settings.shutdownDelay).max() ?? .zero
    }

    /// A service that reports the start of the group, which can be stopped gracefully from then on.
    /// It is stopped first, and then reports that the others are about to stop.
    private func announcer(_ startup: Startup, _ readiness: Readiness) -> any Service {
        let delay = shutdownDelay
        return ClosureService { [manager] in
            startup.oneIsUp()
            try? await gracefulShutdown()
            manager?.tell(.stopping)
            readiness.stop()
            try? await Task.sleep(for: delay)
        }
    }

    /// - Parameter observers: The observer of each store.
    private func open(_ componentLogger: Logger, _ observers: [any JobObserver]) async throws
        -> [OpenedStore]
    {
        var stores: [OpenedStore] = []
        for (store, observer) in zip(plan.stores, observers) {
            stores.append(try await store.open(componentLogger, observer))
        }
        return stores
    }

    /// The counts of the jobs, by the limit of attempts of the first controller of each store.
    private func census(
        of stores: [OpenedStore], _ metrics: JobMetrics, _ componentLogger: Logger
    ) -> CensusKeeper {
        let counted = stores.enumerated().compactMap { index, store in
            let options = plan.controllers.first { $0.store == index }?.options
            return store.census.map {
                (census: $0, maxRetries: (options ?? .init()).maxRetries)
            }
        }
        return CensusKeeper(counted, metrics: metrics, logger: componentLogger)
    }

    private func cleaners(_ controllers: [JobsController], _ componentLogger: Logger)
        -> [any Service]
    {
        // A cleaner that is switched off would return at once, which stops the whole group.
        controllers.filter { $0.options.cleanInterval > 0 }.map { controller in
            ClosureService {
                await cancelWhenGracefulShutdown {
                    await JobsCleaner(controller: controller, logger: componentLogger).run()
                }
            }
        }
    }

    private func listening(
        _ endpoint: ContainerPlan.Endpoint, _ controllers: [JobsController],
        _ readiness: Readiness, _ access: Access?, _ watched: ServiceMetrics,
        _ componentLogger: Logger, instances: [@Sendable () -> ServiceInstance],
        onListening: @escaping @Sendable () -> Void
    ) throws -> [ListeningEndpoint] {
        var routes = endpoint.served.flatMap { served -> [Routes] in
            switch served {
            case .jobs(let baseRoute, let controller, _, let allowsDeletingAll, _):
                [
                    .jobs(
                        controllers[controller], baseRoute: baseRoute,
                        allowsDeletingAll: allowsDeletingAll, logger: componentLogger),
                    .events(
                        controllers[controller], baseRoute: baseRoute, instance: plan.info.id,
                        version: Version.current, logger: componentLogger),
                ]
            case .heartbeat(let route): [.heartbeat(route: route)]
            case .status(let route): [.status(route: route, status)]
            case .metrics(let routes): watched.routes(routes)
            }
        }
        if endpoint.servesJobs {
            routes.append(.health(readiness))
            if !plan.placesMetrics { routes += watched.routes(MetricsRoutes()) }
        }
        let pages =
            endpoint.servesJobs ? dashboards(endpoint, isProtected: access != nil, instances) : []
        routes += pages
        do {
            let description = try description(
                endpoint.descriptions, of: routes, isProtected: access != nil)
            if let description {
                routes.append(description)
                if endpoint.servesJobs, pages.isEmpty { routes.append(.root(leadingTo: "docs")) }
            }
            var options = endpoint.settings.options
            options.isOpen = access == nil
            let limit = OpenFiles.limit
            let told = options.maxConnections
            if EndpointSettings.fit(&options, to: limit, share: plan.endpoints.count) {
                logger.warning(
                    """
                    options.max_connections of \(endpoint.config.descriptor) is lowered from \(told) \
                    to \(options.maxConnections): the process may have \(limit ?? 0) open files
                    """)
            }
            let http = try HTTPEndpoint(
                options: options, routes: routes, access: access,
                logger: componentLogger)
            watched.watch(http)
            let jobs = ListeningEndpoint(http, plan: endpoint) {
                componentLogger.debug("Opened REST service at \(endpoint.settings.url)")
                onListening()
            }
            guard let health = endpoint.settings.health else { return [jobs] }
            // The routes of the configuration come first, as at the other port.
            let probes = routes.map(\.probes) + [Routes.health(readiness)]
            let probing = try HTTPEndpoint(
                options: health, routes: probes, access: access, logger: componentLogger)
            return [
                jobs,
                ListeningEndpoint(probing, plan: endpoint, url: "port \(health.port)") {
                    componentLogger.debug("Opened probes at port \(health.port)")
                    onListening()
                },
            ]
        } catch let fault as TLSFiles.Fault {
            throw endpoint.config.error(fault.key, "\(fault)", .cannotCreate)
        } catch {
            throw endpoint.config.error(nil, "cannot be set up: \(error)", .cannotCreate)
        }
    }

    private func description(
        _ settings: [DescriptionSettings], of routes: [Routes], isProtected: Bool
    ) throws -> Routes? {
        guard let first = settings.first else { return nil }
        let info = APIInfo(
            title: first.title ?? plan.info.name, description: first.text ?? plan.info.description,
            version: Version.current)
        return try .description(
            of: routes, info: info, isProtected: isProtected,
            yamlRoutes: settings.compactMap(\.yamlRoute))
    }

    var status: ServiceStatus {
        ServiceStatus(
            id: plan.info.id, name: plan.info.name, description: plan.info.description,
            startTime: startTime, properties: plan.info.properties, components: plan.components,
            version: Version.current)
    }

    private func group(_ services: [any Service]) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                // If one service fails, the others still finish their requests.
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: logger.ofWarnings)
        configuration.maximumGracefulShutdownDuration = Self.shutdownGrace + shutdownDelay
        return ServiceGroup(configuration: configuration)
    }
}
