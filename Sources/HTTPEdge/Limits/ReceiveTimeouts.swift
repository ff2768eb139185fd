import NIOCore

/// Closes connections whose clients take too long to send a request that they have begun.
///
/// Stands next to the socket, before the decoder, because the timeout of a head begins with its
/// first byte. A request that arrives in one piece is not timed at all.
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
            // Nothing more is read while the previous request is in progress: that is the server's
            // time.
            let isOurTime = edge.isReadingAhead || edge.readsHeld != readsHeld
            if isOurTime { start(context) } else { edge.receiveTimedOut() }
        }
    }
}
