import NIOCore
import NIOPosix
import Synchronization

/// A proxy to a port of this machine that counts connections.
final class CountingProxy: Sendable {
    private let server: any Channel
    private let accepted: Counter

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    var port: Int { server.localAddress?.port ?? 0 }
    var connections: Int { accepted.value.load(ordering: .relaxed) }

    init(to target: Int) async throws {
        let accepted = Counter()
        let group = MultiThreadedEventLoopGroup.singleton
        server = try await ServerBootstrap(group: group)
            .childChannelInitializer { inbound in
                accepted.value.wrappingAdd(1, ordering: .relaxed)
                return ClientBootstrap(group: inbound.eventLoop)
                    .connect(host: "127.0.0.1", port: target)
                    .flatMap { outbound in
                        outbound.pipeline.addHandler(Forwarder(to: inbound)).flatMap {
                            inbound.pipeline.addHandler(Forwarder(to: outbound))
                        }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.accepted = accepted
    }

    func close() async throws {
        try await server.close()
    }
}

/// Writes all data to another channel, and closes together with that channel.
private final class Forwarder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}
