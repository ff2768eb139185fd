import NIOCore
import NIOHTTP1

/// Keeps a connection usable when a client offers to upgrade its protocol.
///
/// A server may ignore the offer (RFC 9110, section 7.8), and this one does: some clients, such as
/// Java's, make it on every new connection. But NIO's decoder treats a request with the offer as
/// the last one, and reads nothing after it. So the decoder is replaced by a new one, which gets
/// the bytes that the old one left.
final class UpgradeDecliner: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Must stand directly before this handler in the pipeline.
    private(set) var decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let limits: NIOHTTPDecoderLimitConfiguration
    private var isOffer = false

    /// - Parameter headerMaxSize: the largest head of a request, in bytes.
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
    /// Whether the decoder, by its own rules, expects another protocol after this request.
    fileprivate var stopsDecoder: Bool {
        method == .CONNECT
            || headers.contains(name: "upgrade")
                && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }
}
