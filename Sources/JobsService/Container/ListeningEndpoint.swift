import HTTPEdge
import JobsHTTP
import NIOCore
import Platform
import ServiceLifecycle
import Synchronization

/// An endpoint that reports a failure to listen as an error of the configuration.
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
            // Requests outlasted the grace period of a shutdown, or another service has failed and
            // the container reports that failure.
            return
        } catch {
            if isListening.load(ordering: .relaxed) { throw error }
            throw plan.config.error(
                nil, "cannot listen on \(url): \(Self.reason(error))", .cannotConnect)
        }
    }

    /// The reason in the words of the system, without those of NIO around them.
    private static func reason(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }
}
