import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPEdge

@Suite("Connections of a stopping endpoint")
struct LateConnectionTests {
    @Test("a connection set up after the stop has begun is closed", arguments: [false, true])
    func late(isStopping: Bool) throws {
        let stop = StopSign()
        if isStopping { stop.set() }
        let channel = try channel(stop)

        #expect(channel.isActive == !isStopping)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("an answer after the stop is the last, even before its loop is notified")
    func untold() throws {
        let stop = StopSign()
        let channel = try channel(stop)
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        stop.set()
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-length": "0"])
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        channel.embeddedEventLoop.run()

        var answer = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            answer += String(buffer: part)
        }
        #expect(answer.contains("connection: close"))
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    private func channel(_ stop: StopSign) throws -> EmbeddedChannel {
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
        return channel
    }
}
