import ArgumentParser
import HTTPEdge
import Jobs
import JobsEngine
import JobsHTTP
import JobsMemory
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the memory or file store, and a route that gives every POST the same answer, which shows
/// what the server costs without the service.
struct ServeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves a store and POST /static on loopback.")

    @Option(help: "The port to listen on.")
    var port: Int

    @Option(help: "Serve the file store at this path instead of the memory store.")
    var file: String?

    func run() async throws {
        let logger = Logger(label: "jobs-bench")
        let store: any JobsPersistence =
            if let file { try await openStore(file) } else { MemoryJobsPersistence() }
        let controller = JobsController(persistence: store)
        let answer = #"{"id":"01a20c2280af73178b5cdd42f7d9bb04","type":"mail","ref_id":"1"}"#
        let endpoint = try HTTPEndpoint(
            options: EndpointOptions(host: "127.0.0.1", port: port),
            routes: [.jobs(controller, logger: logger), .fixed(route: "static", answer: answer)],
            logger: logger)
        let group = ServiceGroup(
            services: [endpoint], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
