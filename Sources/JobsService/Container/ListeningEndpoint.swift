import HTTPEdge
import JobsHTTP
import ServiceLifecycle
import Synchronization

/// An endpoint that says in the terms of the configuration why it cannot listen.
final class ListeningEndpoint: Service {
    private let endpoint: HTTPEndpoint
    private let plan: ContainerPlan.Endpoint
    private let url: String
    private let onListening: @Sendable () -> Void
    private let isListening = Atomic(false)

    init(
        _ endpoint: HTTPEndpoint, plan: ContainerPlan.Endpoint, url: String? = nil,
        onListening: @escaping @Sendable () -> Void
    ) {
        self.endpoint = endpoint
        self.plan = plan
        self.url = url ?? plan.settings.url
        self.onListening = onListening
    }

    func run() async throws {
        var endpoint = endpoint
        endpoint.onListening = { [self] _ in
            isListening.store(true, ordering: .relaxed)
            onListening()
        }
        do {
            try await endpoint.run()
        } catch is CancellationError {
            // Requests outlasted the grace that a stop gives them, or something else has failed and
            // is what the container reports.
            return
        } catch {
            if isListening.load(ordering: .relaxed) { throw error }
            throw plan.config.error(
                nil, "cannot listen on \(url): \(error)", .cannotConnect)
        }
    }
}
