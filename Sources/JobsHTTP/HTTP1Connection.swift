import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One HTTP/1 connection: Hummingbird's handling of requests, with compression and ``HTTP1Edge``
/// between it and the socket, where Hummingbird's own channel has no place for them.
struct HTTP1Connection: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder

    /// After so long without a byte, between requests or within one, a connection is closed.
    private static let idleTimeout = Duration.seconds(60)
    /// What a compressed body may grow to. The limit on bodies is checked behind it.
    private static let inflatedMaxSize = 64 << 20

    init(responder: @escaping HTTPChannelHandler.Responder) {
        self.responder = responder
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,  // NIOAsyncChannel hands out one request at a time
                withErrorHandling: false,  // the edge does it, with a body that clients can read
                withOutboundHeaderValidation: false)  // HTTPFields are valid by their type
            try pipeline.addHandlers(
                [
                    NIOHTTPRequestDecompressor(limit: .size(Self.inflatedMaxSize)),
                    HTTP1Edge(),
                    HTTPResponseCompressor(),
                    HTTP1ToHTTPServerCodec(secure: false),
                    HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: logger),
                ] as [any ChannelHandler])
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
