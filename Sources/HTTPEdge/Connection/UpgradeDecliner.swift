import NIOCore
import NIOHTTP1

/// Lets a connection go on when a client offers to change its protocol.
///
/// The offer may be ignored (RFC 9110, section 7.8), and here it is: some clients, such as Java's,
/// make it on every new connection. But NIO's decoder takes the request that makes it for the last
/// one, and reads nothing behind it. So it is replaced by a new one, which gets the bytes that the
/// old one left.
final class UpgradeDecliner: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// To stand directly before this handler.
    private(set) var decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let limits: NIOHTTPDecoderLimitConfiguration
    private var isOffer = false

    /// - Parameter headerMaxSize: of a request's head, in bytes.
    init(headerMaxSize: Int) {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerMaxSize
        limits.maxHeaderListSize = headerMaxSize
        self.limits = limits
        decoder = Self.makeDecoder(limits)
    }

    private static func makeDecoder(_ limits: NIOHTTPDecoderLimitConfiguration)
        -> ByteToMessageHandler<HTTPRequestDecoder>
    {
        ByteToMessageHandler(
            HTTPRequestDecoder(
                leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isOffer = head.stopsDecoder
            context.fireChannelRead(data)
        case .body:
            context.fireChannelRead(data)
        case .end:
            context.fireChannelRead(data)
            if isOffer { replaceDecoder(context) }
        }
    }

    private func replaceDecoder(_ context: ChannelHandlerContext) {
        isOffer = false
        let new = Self.makeDecoder(limits)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(new, position: .after(decoder))
        } catch {
            return context.fireErrorCaught(error)
        }
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in
            context.fireChannelReadComplete()
        }
        decoder = new
    }
}

extension HTTPRequestHead {
    /// Whether the decoder expects another protocol behind this request: by its own rules.
    fileprivate var stopsDecoder: Bool {
        method == .CONNECT
            || headers.contains(name: "upgrade")
                && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }
}
