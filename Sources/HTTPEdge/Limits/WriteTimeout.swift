import NIOCore
import NIOSSL
import Platform

/// Closes connections whose clients do not read what is written to them.
///
/// Any progress counts, however small: a slow client is not a dead one. A connection whose answers
/// are sent at once, as nearly all are, costs no timer.
final class WriteTimeout: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How many checks are made within the timeout.
    private static let checks = 4

    private let pause: TimeAmount
    private var next: Scheduled<Void>?
    /// The bytes that waited at the last check, and for how many checks that number has not
    /// changed.
    private var waiting = 0
    private var idleChecks = 0

    /// - Parameter time: how long a write may make no progress.
    init(_ time: Duration) {
        pause = .nanoseconds(max(1, TimeAmount(time).nanoseconds / Int64(Self.checks)))
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
        idleChecks = 0
        checkLater(context)
    }

    private func checkLater(_ context: ChannelHandlerContext) {
        next = context.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
            check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        next = nil
        let waiting = bytesWaiting(context)
        guard waiting > 0, context.channel.isActive else { return }
        // More is written only after the client has read something.
        idleChecks = waiting == self.waiting ? idleChecks + 1 : 0
        self.waiting = waiting
        guard idleChecks < Self.checks else { return context.channel.reset() }
        checkLater(context)
    }

    private func bytesWaiting(_ context: ChannelHandlerContext) -> Int {
        // Only a channel that is not a socket lacks this option.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

extension Channel {
    /// Resets the connection and discards unsent data; over TLS without close_notify, which a
    /// client that does not read would not read either.
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
