import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// One HTTP/1 connection: Hummingbird's request handling, with ``HTTP1Edge`` between it and the
/// socket. Hummingbird's own channel has no place for handlers there.
struct HTTP1Connection: HTTPChannelHandler {
    /// An accepted connection. One accepted while the endpoint stops is dropped unhandled;
    /// NIOAsyncChannel then ends the process unless it was closed through `executeThenClose`.
    final class Value: ServerChildChannelValue {
        fileprivate typealias Parts = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

        private let parts: Parts
        private let isHandled = Atomic(false)
        fileprivate let client: ClientConnection
        var channel: any Channel { parts.channel }

        fileprivate init(_ parts: Parts, _ client: ClientConnection) {
            self.parts = parts
            self.client = client
        }

        fileprivate func take() -> Parts {
            isHandled.store(true, ordering: .relaxed)
            return parts
        }

        deinit {
            guard !isHandled.load(ordering: .relaxed) else { return }
            Task { [parts] in try? await parts.executeThenClose { _, _ in } }
        }
    }

    let responder: HTTPChannelHandler.Responder
    private let options: EndpointOptions
    private let connections: ConcurrencyLimit
    /// Limits the connections beyond `connections`, which may send one health probe and are
    /// otherwise refused; their memory has to be bounded too.
    private let excessConnections: ConcurrencyLimit
    private let idle = IdleConnections()
    private let isProbe: @Sendable (HTTPRequestHead) -> Bool
    private let load: LoadLimit?
    private let refusals: Refusals
    private let overloadAnswers: OverloadAnswers
    private let stop: StopSign
    /// See ``HTTP1Edge/keepAlive``.
    private let keepAlive: String?

    /// - Parameters:
    ///   - connections: limits how many may be open.
    ///   - load: limits the operations in progress over all connections; nil: no limit.
    ///   - stop: whether the endpoint has begun to stop.
    ///   - isProbe: whether a request is answered even when there are too many connections.
    ///   - refusal: the answer to an operation over the limit.
    init(
        options: EndpointOptions, connections: ConcurrencyLimit, load: LoadLimit?,
        refusals: Refusals,
        stop: StopSign, isProbe: @escaping @Sendable (HTTPRequestHead) -> Bool,
        refusal: @escaping @Sendable (Request) -> Answer,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.options = options
        self.connections = connections
        self.load = load
        self.refusals = refusals
        self.stop = stop
        self.isProbe = isProbe
        // One second less than the timeout, so that a request sent just in time also arrives in
        // time.
        let seconds = options.idleTimeout.components.seconds - 1
        keepAlive = seconds > 0 ? "timeout=\(seconds)" : nil
        overloadAnswers = OverloadAnswers(answer: refusal)
        excessConnections = ConcurrencyLimit(limit: options.refusedConnections)
        self.responder = responder
    }

    /// How many bytes of a body over the limit are read in order to keep the connection.
    private var unwantedMaxSize: Int { max(256 << 20, options.requestMaxSize) }

    /// The most bytes read from a connection before other connections get their turn. They may hold
    /// thousands of requests or chunks, which take long to parse and many times their size in
    /// memory.
    private static let readSize = 16 << 10

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try channel.syncOptions?.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 1024, initial: 2048, maximum: Self.readSize))
            let decliner = UpgradeDecliner(headerMaxSize: options.headerMaxSize)
            let client = ClientConnection(
                address: channel.remoteAddress?.plainIPAddress, load: load.map(ConnectionLoad.init))
            let admission = admit(channel)
            let edge = HTTP1Edge(
                client: client, admission: admission,
                idle: admission == .admitted ? idle.add(channel) : nil, isProbe: isProbe,
                delay: load?.delay(on: channel.eventLoop), overloadAnswers: overloadAnswers,
                bodyMaxSize: unwantedMaxSize, shutdownGrace: options.shutdownGrace,
                keepAlive: keepAlive, refusals: refusals, stop: stop)
            if options.tls != nil {
                try channel.pipeline.syncOperations.addHandler(
                    TLSHandshake(client: client, timeout: options.headerTimeout))
            }
            // No pipelining assistance: NIOAsyncChannel hands out one request at a time.
            try channel.pipeline.syncOperations.addHandlers(
                [
                    WriteTimeout(options.writeTimeout),
                    HTTPResponseEncoder(),
                    ReceiveTimeouts(
                        edge: edge, head: options.headerTimeout, body: options.bodyTimeout),
                    decliner.decoder,
                    decliner,
                    edge,
                    HTTP1ToHTTPServerCodec(secure: false),
                    HTTPConnectionStateHandler(idleTimeout: options.idleTimeout, logger: logger),
                ] as [any ChannelHandler])
            let parts = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(parts, client)
        }
    }

    private func admit(_ channel: any Channel) -> HTTP1Edge.Admission {
        if connections.take() || takeFromIdle() {
            channel.closeFuture.whenComplete { [connections] _ in connections.giveBack() }
            return .admitted
        }
        guard excessConnections.take() else { return .dropped }
        channel.closeFuture.whenComplete { [excessConnections] _ in excessConnections.giveBack() }
        return .refused
    }

    /// Closes idle connections to admit a new one above the limit. Otherwise a client that only
    /// holds connections would shut out all others.
    private func takeFromIdle() -> Bool {
        connections.takeAnyway(1)
        // Those that are being closed are counted until they are.
        if idle.close(atLeast: connections.excess) { return true }
        connections.giveBack()
        return false
    }

    func handle(value: Value, logger: Logger) async {
        await ClientConnection.$current.withValue(value.client) {
            await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
                await handleHTTP(asyncChannel: value.take(), logger: logger)
            }
        }
    }
}
