import NIOCore
import NIOHTTP1

/// Settles how an answer may be compressed, in front of the compressor: gzip if the client takes
/// it at all, which more clients read without fault than deflate; nothing for HEAD, whose answer
/// has no body to compress.
final class GzipPreference: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            return context.fireChannelRead(data)
        }
        if head.method == .HEAD {
            head.headers.remove(name: "accept-encoding")
        } else if head.headers[canonicalForm: "accept-encoding"].contains(where: { $0.takesGzip }) {
            head.headers.replaceOrAdd(name: "accept-encoding", value: "gzip")
        } else {
            // What only begins like gzip the compressor would take for it.
            guard
                head.headers[canonicalForm: "accept-encoding"].contains(where: {
                    $0.onlyBeginsLikeGzip
                })
            else { return context.fireChannelRead(data) }
            head.headers.remove(name: "accept-encoding")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

extension Substring {
    fileprivate var onlyBeginsLikeGzip: Bool {
        hasPrefix("gzip") && prefix { $0 != ";" && $0 != " " } != "gzip"
    }

    /// Whether this element of an Accept-Encoding header asks for gzip, with a weight above 0.
    fileprivate var takesGzip: Bool {
        let parts = split(separator: ";", maxSplits: 1)
        guard let name = parts.first?.lowercased(), name == "gzip" || name == "x-gzip" else {
            return false
        }
        guard parts.count > 1, let weight = parts[1].split(separator: "=").last else { return true }
        return Double(weight).map { $0 > 0 } ?? true
    }
}
