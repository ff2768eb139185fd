import NIOCore
import NIOSSL
import Platform

/// Ends the connections of clients that do not read what is written to them.
///
/// What counts is whether the system takes bytes, however few: a slow client is no dead one. A connection
/// whose answers go out at once, as nearly all do, costs no timer.
final class WriteTimeout: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// So many looks are taken in the time that a client has.
    private static let looks = 4

    private let pause: TimeAmount
    private var next: Scheduled<Void>?
    /// What was waiting at the last look, and for how many looks it has been as much.
    private var waiting = 0
    private var idleLooks = 0

    /// - Parameter time: without progress.
    init(_ time: Duration) {
        pause = .nanoseconds(max(1, TimeAmount(time).nanoseconds / Int64(Self.looks)))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        next?.cancel()
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard next == nil else { return }
        let waiting = bytesWaiting(context)
        guard waiting > 0 else { return }
        self.waiting = waiting
        idleLooks = 0
        lookLater(context)
    }

    private func lookLater(_ context: ChannelHandlerContext) {
        next = context.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
            look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        next = nil
        let waiting = bytesWaiting(context)
        guard waiting > 0, context.channel.isActive else { return }
        // More is written only after the client has taken something.
        idleLooks = waiting == self.waiting ? idleLooks + 1 : 0
        self.waiting = waiting
        guard idleLooks < Self.looks else { return context.channel.reset() }
        lookLater(context)
    }

    private func bytesWaiting(_ context: ChannelHandlerContext) -> Int {
        // Only a channel that is no socket does not know.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

extension Channel {
    /// Drops the connection at once, with what the system still holds to be sent; over TLS without the
    /// farewell that a client which does not read would not read either.
    func reset() {
        let close: @Sendable () -> Void = { [pipeline] in
            let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            if let tls { tls.close(promise: nil) } else { pipeline.close(promise: nil) }
        }
        guard let socket = self as? any SocketOptionProvider else {
            return eventLoop.execute(close)
        }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in close() }
    }
}
