import NIOCore

/// Ends the connections of clients that take too long to send a request which they have begun.
///
/// Next to the socket, in front of the decoder: there is a head to wait for from its first byte on. A
/// request that comes in one piece is not timed at all.
final class ReceiveTimeouts: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let edge: HTTP1Edge
    private let head: TimeAmount
    private let body: TimeAmount
    private var timed = HTTP1Edge.Receipt.nothing
    private var timeout: Scheduled<Void>?

    init(edge: HTTP1Edge, head: Duration, body: Duration) {
        self.edge = edge
        self.head = TimeAmount(head)
        self.body = TimeAmount(body)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        edge.bytesArrive()
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard edge.receipt != timed else { return }
        timed = edge.receipt
        start(context)
    }

    private func start(_ context: ChannelHandlerContext) {
        timeout?.cancel()
        let time: TimeAmount
        switch timed {
        case .nothing: return
        case .head: time = head
        case .body: time = body
        }
        let readsHeld = edge.readsHeld
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            guard edge.receipt == timed else { return }
            // While the request before it is in work, nothing more is read: the server's time.
            let isOurTime = edge.isReadingAhead || edge.readsHeld != readsHeld
            if isOurTime { start(context) } else { edge.receiveTimedOut() }
        }
    }
}
