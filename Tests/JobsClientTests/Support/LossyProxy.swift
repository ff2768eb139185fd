import NIOCore
import NIOPosix
import Synchronization

/// A proxy to a port of this machine that drops connections.
final class LossyProxy: Sendable {
    /// When a connection is dropped.
    enum Loss: Sendable {
        /// When the request comes, before the service has it.
        case beforeRequest
        /// When the answer comes, after the service has acted.
        case beforeAnswer
    }

    private let server: any Channel

    var port: Int { server.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter losses: The losses of the first connections, in order. Further ones have none.
    init(to target: Int, losses: [Loss]) async throws {
        let rest = SharedLosses(losses)
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { inbound in
                let loss = rest.next()
                return ClientBootstrap(group: inbound.eventLoop)
                    .connect(host: "127.0.0.1", port: target)
                    .flatMap { outbound in
                        outbound.pipeline.addHandler(
                            Gate(to: inbound, isClosed: loss == .beforeAnswer)
                        ).flatMap {
                            inbound.pipeline.addHandler(
                                Gate(to: outbound, isClosed: loss == .beforeRequest))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws {
        try await server.close()
    }
}

private final class SharedLosses: Sendable {
    private let losses: Mutex<[LossyProxy.Loss]>

    init(_ losses: [LossyProxy.Loss]) {
        self.losses = Mutex(losses)
    }

    func next() -> LossyProxy.Loss? {
        losses.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// Writes all data to another channel, or drops both channels at the first data.
private final class Gate: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let isClosed: Bool

    init(to other: any Channel, isClosed: Bool) {
        self.other = other
        self.isClosed = isClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else {
            context.close(promise: nil)
            return
        }
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}
