import HTTPTypes
import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server beyond requests and answers, next to the socket.
///
/// - `Expect: 100-continue` is answered, or large bodies would come a second late.
/// - Connections are kept or closed as each request says, HTTP/1.0 included.
/// - Of the encodings that a client takes, gzip is chosen if it is among them.
/// - What is no HTTP gets a 400 with the standard error body, behind the answers before it.
final class HTTP1Edge: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How the connection goes on after each request that is not answered yet, first in front.
    private var afterwards = CircularBuffer<Afterwards>(initialCapacity: 4)
    private var isReadingRequest = false
    private var bodySize = 0
    private var failure: HTTPFailure?

    private enum Afterwards {
        case keep, close
        /// Keep it, and say so, since HTTP/1.0 does not take it for granted.
        case keepExplicitly
    }

    /// A body that goes on for longer is not read to its end in order to keep the connection.
    private static let bodyMaxSize = 256 << 20

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            isReadingRequest = true
            bodySize = 0
            adapt(&head, context)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let part):
            bodySize += part.readableBytes
            guard bodySize <= Self.bodyMaxSize else { return context.close(promise: nil) }
            context.fireChannelRead(data)
        case .end:
            isReadingRequest = false
            context.fireChannelRead(data)
        }
    }

    private func adapt(_ head: inout HTTPRequestHead, _ context: ChannelHandlerContext) {
        if !head.isKeepAlive {
            afterwards.append(.close)
            // Hummingbird looks for this header in this spelling.
            head.headers.replaceOrAdd(name: "connection", value: "close")
        } else {
            afterwards.append(head.version == .http1_1 ? .keep : .keepExplicitly)
        }
        if head.headers[canonicalForm: "accept-encoding"].contains(where: { $0.takesGzip }) {
            head.headers.replaceOrAdd(name: "accept-encoding", value: "gzip")
        }
        if afterwards.count == 1, head.version == .http1_1,
            head.headers[canonicalForm: "expect"].contains(where: {
                $0.lowercased() == "100-continue"
            })
        {
            let informed = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(informed)), promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            switch afterwards.first {
            case .close: head.headers.replaceOrAdd(name: "connection", value: "close")
            case .keepExplicitly: head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
            case .keep, nil: return context.write(data, promise: promise)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            _ = afterwards.popFirst()
            context.write(data, promise: promise)
            failWhenDue(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard failure == nil else { return }
        guard !(error is ChannelError), !(error is IOError) else {
            return context.fireErrorCaught(error)
        }
        failure = .malformedRequest("\(error)")
        failWhenDue(context)
    }

    /// Answers what could not be read, once everything before it has been answered.
    private func failWhenDue(_ context: ChannelHandlerContext) {
        guard let failure, afterwards.count == (isReadingRequest ? 1 : 0) else { return }
        let answer = Answer(failure, correlationID: nil)
        var headers = HTTPHeaders(answer.headers.map { ($0.name.rawName, $0.value) })
        headers.add(name: "content-length", value: String(answer.body?.readableBytes ?? 0))
        headers.add(name: "connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = answer.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}

extension Substring {
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
