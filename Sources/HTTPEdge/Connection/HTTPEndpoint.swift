import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import ServiceLifecycle

/// An HTTP server for a set of routes.
///
/// Hummingbird's core with its connection handling. Routes are a table of exact paths, so its
/// router is not needed.
public struct HTTPEndpoint: Service {
    private let options: EndpointOptions
    private let responder: EndpointResponder
    private let refusals: Refusals
    private let connections: ConcurrencyLimit
    private let tls: TLSConfiguration?
    private let logger: Logger
    /// Limits the operations in progress; nil: no limit.
    var load: LoadLimit?

    /// Called with the port once connections are accepted.
    public var onListening: (@Sendable (_ port: Int) async -> Void)?

    /// - Parameters:
    ///   - routes: keyed by path, with the leading slash.
    ///   - refusals: counts the refused requests.
    /// - Throws: ``TLSFiles/Fault``
    package init(
        options: EndpointOptions, routes: [String: EndpointRoute], refusals: Refusals,
        logger: Logger
    ) throws {
        self.options = options
        self.refusals = refusals
        self.logger = logger
        load = options.targetLatency > .zero ? LoadLimit(latency: options.targetLatency) : nil
        responder = EndpointResponder(options: options, routes: routes, refusals: refusals)
        connections = ConcurrencyLimit(limit: options.maxConnections)
        tls = try options.tls?.configuration()
    }

    /// Operations in progress, waiting claims included.
    public var requestsInFlight: Int { responder.operations.count }

    /// Open connections, without those beyond the limit.
    public var connectionCount: Int { connections.count }

    /// Serves until its task is shut down gracefully; then stops accepting, finishes the requests
    /// in flight, and returns.
    /// - Throws: if it cannot listen.
    public func run() async throws {
        let responder = responder
        let delivery = AnswerDelivery(logger: logger)
        let stop = StopSign()
        let connection = HTTP1Connection(
            options: options, connections: connections, load: load, refusals: refusals,
            stop: stop, isProbe: responder.isProbe, refusal: responder.refusal(of:)
        ) { request, writer, channel in
            let answer = try await LoopExecutor.withRequest {
                if responder.isShort(request) { return try await responder.respond(to: request) }
                return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await responder.respond(to: request)
                }
            }
            do {
                try await delivery.deliver(answer, to: request, writer, channel)
            } catch {
                ClientConnection.current?.takeUndo()?()
                throw error
            }
        }
        let onListening = onListening
        let onServerRunning: @Sendable (any Channel) async -> Void = { [logger] channel in
            try? await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(
                    AcceptPause(logger: logger), position: .first)
            }.get()
            await onListening?(channel.localAddress?.port ?? 0)
        }
        let configuration = ServerConfiguration(
            address: .hostname(options.host, port: options.port), backlog: 1024)
        let group = MultiThreadedEventLoopGroup.singleton
        let server =
            if let tls {
                try TLSChannel(connection, tlsConfiguration: tls).server(
                    configuration: configuration, onServerRunning: onServerRunning,
                    eventLoopGroup: group, logger: logger)
            } else {
                connection.server(
                    configuration: configuration, onServerRunning: onServerRunning,
                    eventLoopGroup: group, logger: logger)
            }
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            stop.set()
        }
    }
}
