import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// One HTTP/1 connection: Hummingbird's handling of requests, with compression and ``HTTP1Edge``
/// between it and the socket, where Hummingbird's own channel has no place for them.
struct HTTP1Connection: HTTPChannelHandler {
    /// A connection that was accepted. One that comes while the endpoint stops is dropped unhandled,
    /// which ends the process unless the channel has been closed by its own rules.
    final class Value: ServerChildChannelValue {
        fileprivate typealias Parts = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

        private let parts: Parts
        private let isHandled = Atomic(false)
        fileprivate let caller: Caller
        var channel: any Channel { parts.channel }

        fileprivate init(_ parts: Parts, _ caller: Caller) {
            self.parts = parts
            self.caller = caller
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
    private let places: Places
    /// For connections beyond the limit, which are told so; memory must not grow by them either.
    private let turnedAway: Places
    private let load: LoadLimit?
    private let refusals: Refusals
    private let overloadAnswers: OverloadAnswers
    private let stop: StopSign

    /// - Parameters:
    ///   - places: for connections.
    ///   - load: how much may be in work, over all connections; nil: no matter.
    ///   - stop: whether the endpoint has begun to stop.
    ///   - refusal: the answer to an operation that is one too many.
    init(
        options: EndpointOptions, places: Places, load: LoadLimit?, refusals: Refusals,
        stop: StopSign, refusal: @escaping @Sendable (Request) -> Answer,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.options = options
        self.places = places
        self.load = load
        self.refusals = refusals
        self.stop = stop
        overloadAnswers = OverloadAnswers(answer: refusal)
        turnedAway = Places(limit: 100 + options.maxConnections / 10)
        self.responder = responder
    }

    /// What a compressed body may grow to. The limit on bodies is checked behind it.
    private var inflatedMaxSize: Int { max(64 << 20, options.requestMaxSize) }

    /// What is read of a body over the limit, in order to keep the connection.
    private var unwantedMaxSize: Int { max(256 << 20, options.requestMaxSize) }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let decliner = UpgradeDecliner(headerMaxSize: options.headerMaxSize)
            let caller = Caller(
                address: channel.remoteAddress?.plainIPAddress, load: load.map(CallerLoad.init))
            let edge = HTTP1Edge(
                caller: caller, admission: admit(channel),
                delay: load?.delay(on: channel.eventLoop), overloadAnswers: overloadAnswers,
                bodyMaxSize: unwantedMaxSize, shutdownGrace: options.shutdownGrace,
                refusals: refusals, stop: stop)
            if options.tls != nil {
                try channel.pipeline.syncOperations.addHandler(
                    TLSHandshake(caller: caller, timeout: options.headerTimeout))
            }
            // No pipelining assistance: NIOAsyncChannel hands out one request at a time.
            try channel.pipeline.syncOperations.addHandlers(
                [
                    HTTPResponseEncoder(),
                    ReceiveTimeouts(
                        edge: edge, head: options.headerTimeout, body: options.bodyTimeout),
                    decliner.decoder,
                    decliner,
                    NIOHTTPRequestDecompressor(limit: .size(inflatedMaxSize)),
                    edge,
                    GzipPreference(),
                    HTTPResponseCompressor(),
                    HTTP1ToHTTPServerCodec(secure: false),
                    HTTPConnectionStateHandler(idleTimeout: options.idleTimeout, logger: logger),
                ] as [any ChannelHandler])
            let parts = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(parts, caller)
        }
    }

    private func admit(_ channel: any Channel) -> HTTP1Edge.Admission {
        for (place, admission) in [(places, HTTP1Edge.Admission.admitted), (turnedAway, .refused)]
        where place.take() {
            channel.closeFuture.whenComplete { _ in place.giveBack() }
            return admission
        }
        return .dropped
    }

    func handle(value: Value, logger: Logger) async {
        await Caller.$current.withValue(value.caller) {
            await handleHTTP(asyncChannel: value.take(), logger: logger)
        }
    }
}
