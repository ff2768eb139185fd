import Jobs
import JobsEngine
import Logging
import Prometheus
import ServiceLifecycle

/// What an entry of a configuration file comes to, checked but not yet brought to life.
enum Component: Sendable {
    case contextInfo(ContextInfo)
    /// A logger that writes to the console so much, and in this way.
    case console(ConsoleSettings)
    case counters(LogCounters.Options)
    case persistence(StoreOpening)
    case controller(ControllerSettings)
    case endpoint(EndpointSettings)
    case service(ServiceSettings)
    case access(AccessSettings)
    /// Accepted, because files have it, and without effect.
    case inert
}

/// Opens a store, which counts by the metrics; called once, when the whole configuration has been
/// found sound.
///
/// What it throws stops the start and ends up in the log.
typealias StoreOpening = @Sendable (Logger, JobMetrics) async throws -> OpenedStore

/// A store that is ready for use.
struct OpenedStore: Sendable {
    let persistence: any JobsPersistence
    /// Where it keeps jobs, behind "Jobs are kept"; without credentials.
    let place: String
    /// Whether the store can do its work; throws if not. Costs it next to nothing.
    var check: @Sendable () async throws -> Void = {}
    /// What tells of other processes on the same jobs; nil if there are none.
    var news: (any JobsNews)?
    var waiting = WaitingJobsPersistence.Options()
    /// What counts the jobs; nil if nothing does.
    var census: (any JobsCensus)?
    /// The further metrics of the store, which are computed when metrics are read.
    var readings: @Sendable () -> [Reading] = { [] }
    /// What has to run as long as the store is in use; it is stopped after everything that uses it.
    var services: [any Service] = []
}

/// What this instance of the service tells about itself.
struct ContextInfo: Sendable, Equatable {
    /// The name of the machine.
    var id: String
    var name = "jobs"
    var description = "Jobs orchestration microservice"
    var properties: [String: String] = [:]
}

struct ControllerSettings: Sendable {
    var options = JobsController.Options()
    /// Which store it works on: the first in the file that matches.
    var persistence: Descriptor?
}

/// Something that is served over HTTP.
struct ServiceSettings: Sendable {
    enum Kind: Sendable {
        case jobs(
            baseRoute: String, description: DescriptionSettings?, allowsDeletingAll: Bool)
        case heartbeat(route: String)
        case status(route: String)
        case metrics(MetricsRoutes)
    }

    var kind: Kind
    /// The endpoint that serves it; nil: any, and if there is none, one of its own.
    var endpoint: Descriptor?
    /// The controller it calls; nil: any.
    var controller: Descriptor?
}

/// Where the metrics are, without slashes at the ends.
struct MetricsRoutes: Sendable, Equatable {
    var route = "metrics"
    /// Where they are told and then counted anew; nil: nowhere.
    var resettingRoute: String?
}

/// How the API describes itself.
struct DescriptionSettings: Sendable, Equatable {
    /// Nil: as the container is called.
    var title: String?
    /// Nil: as the container is described.
    var text: String?
    /// Where to have it in YAML as well, as the originals do.
    var yamlRoute: String?
}
