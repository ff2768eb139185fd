import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPEdge

@Suite("Connections at the end of an endpoint")
struct LateConnectionTests {
    @Test("a connection that is set up when the stop has begun is ended", arguments: [false, true])
    func late(isStopping: Bool) throws {
        let stop = StopSign()
        if isStopping { stop.set() }
        let edge = HTTP1Edge(
            client: ClientConnection(), overloadAnswers: OverloadAnswers { _ in .nothing },
            bodyMaxSize: 1,
            shutdownGrace: .seconds(1), refusals: Refusals(label: "refused"), stop: stop)
        let channel = EmbeddedChannel()
        let handlers: [any ChannelHandler] = [
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder()), edge,
        ]
        try channel.pipeline.syncOperations.addHandlers(handlers)

        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.embeddedEventLoop.run()

        #expect(channel.isActive == !isStopping)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
