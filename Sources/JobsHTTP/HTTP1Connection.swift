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

    init(options: EndpointOptions, responder: @escaping HTTPChannelHandler.Responder) {
        self.options = options
        self.responder = responder
    }

    /// What a compressed body may grow to. The limit on bodies is checked behind it.
    private var inflatedMaxSize: Int { max(64 << 20, options.requestMaxSize) }

    /// What is read of a body over the limit, in order to keep the connection.
    private var unwantedMaxSize: Int { max(256 << 20, options.requestMaxSize) }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let decoder = UpgradeDecliner.makeDecoder()
            let caller = Caller()
            // No pipelining assistance: NIOAsyncChannel hands out one request at a time.
            try channel.pipeline.syncOperations.addHandlers(
                [
                    HTTPResponseEncoder(),
                    decoder,
                    UpgradeDecliner(decoder: decoder),
                    NIOHTTPRequestDecompressor(limit: .size(inflatedMaxSize)),
                    HTTP1Edge(
                        caller: caller, bodyMaxSize: unwantedMaxSize,
                        shutdownGrace: options.shutdownGrace),
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

    func handle(value: Value, logger: Logger) async {
        await Caller.$current.withValue(value.caller) {
            await handleHTTP(asyncChannel: value.take(), logger: logger)
        }
    }
}
