import Jobs
import JobsEngine
import JobsHTTP
import Logging
import Prometheus
import ServiceLifecycle

/// The validated settings of one entry of a configuration file. Nothing is opened yet.
enum Component: Sendable {
    case contextInfo(ContextInfo)
    /// A logger that writes to the console, with its level and format.
    case console(ConsoleSettings)
    case counters(LogCounters.Options)
    case persistence(StoreOpening)
    case controller(ControllerSettings)
    case endpoint(EndpointSettings)
    case service(ServiceSettings)
    case access(AccessSettings)
    /// An entry without effect, accepted because existing files have it.
    case inert
}

/// Opens a store, which reports the events of its jobs to the observer. It is called once, after
/// the whole configuration has been validated.
///
/// An error that it throws stops the start and is logged.
typealias StoreOpening = @Sendable (Logger, any JobObserver) async throws -> OpenedStore

/// A store that is ready for use.
struct OpenedStore: Sendable {
    let persistence: any JobsPersistence
    /// Where the store keeps jobs, worded to follow "Jobs are kept"; without credentials.
    let place: String
    /// Throws if the store cannot do its work. The check must be cheap.
    var check: @Sendable () async throws -> Void = {}
    /// The news of changes by other processes on the same jobs; `nil` if there are no such
    /// processes.
    var news: (any JobsNews)?
    var waiting = WaitingJobsPersistence.Options()
    /// Counts the jobs; `nil` if the store cannot count them.
    var census: (any JobsCensus)?
    /// The further metrics of the store, which are computed when metrics are read.
    var readings: @Sendable () -> [Reading] = { [] }
    /// Background work that runs as long as the store is in use; it stops after all users of the
    /// store.
    var services: [any Service] = []
}

/// The identity of this instance in its status and its log.
struct ContextInfo: Sendable, Equatable {
    /// The name of the machine.
    var id: String
    var name = "jobs"
    var description = "Jobs orchestration microservice"
    var properties: [String: String] = [:]
}

struct ControllerSettings: Sendable {
    var options = JobsController.Options()
    /// The store it uses: the first one in the file that matches.
    var persistence: Descriptor?
}

/// The settings of a service that is served over HTTP.
struct ServiceSettings: Sendable {
    enum Kind: Sendable {
        case jobs(
            baseRoute: String, description: DescriptionSettings?, allowsDeletingAll: Bool,
            dashboard: DashboardSettings?)
        case heartbeat(route: String)
        case status(route: String)
        case metrics(MetricsRoutes)
    }

    var kind: Kind
    /// The endpoint that serves it; `nil` for any endpoint, or an own one if the file has none.
    var endpoint: Descriptor?
    /// The controller it calls; `nil` for any.
    var controller: Descriptor?
}

/// The routes of the metrics, without slashes at the ends.
struct MetricsRoutes: Sendable, Equatable {
    var route = "metrics"
    /// The route that returns the metrics and then resets them; `nil` for none.
    var resettingRoute: String?
}

/// The settings of the OpenAPI document.
struct DescriptionSettings: Sendable, Equatable {
    /// The title; `nil` for the name of the container.
    var title: String?
    /// The description; `nil` for that of the container.
    var text: String?
    /// The route of the document in YAML, as in the original services.
    var yamlRoute: String?
}
