import Jobs
import JobsHTTP
import JobsMemory
import Logging
import ServiceLifecycle
import UnixSignals

let logger = Logger(label: "jobs")
let c = JobsController(persistence: MemoryJobsPersistence())
let e = try HTTPEndpoint(
    options: .init(host: "127.0.0.1", port: 8081),
    routes: [
        .jobs(c, logger: logger), .heartbeat(),
        .status(
            ServiceStatus(
                id: "h", name: "jobs", description: "d", startTime: .now(), properties: [:],
                components: [])),
    ], logger: logger)
try await ServiceGroup(
    configuration: .init(
        services: [e], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
).run()
