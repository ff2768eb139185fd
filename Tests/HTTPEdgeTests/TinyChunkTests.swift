import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPEdge

@Suite("Bodies of tiny chunks")
struct TinyChunkTests {
    private let channel = EmbeddedChannel()

    init() throws {
        let edge = HTTP1Edge(
            client: ClientConnection(), overloadAnswers: OverloadAnswers { _ in .nothing },
            bodyMaxSize: 1 << 20, shutdownGrace: .seconds(1), refusals: Refusals(label: "refused"))
        let handlers: [any ChannelHandler] = [
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder()), edge,
        ]
        try channel.pipeline.syncOperations.addHandlers(handlers)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private static let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// The parts passed on so far: sizes of body parts, -1 for other parts.
    private func handedOn() throws -> [Int] {
        var sizes: [Int] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .body(let body) = part {
                sizes.append(body.readableBytes)
            } else {
                sizes.append(-1)
            }
        }
        return sizes
    }

    @Test("chunks that arrive together are passed on as one part")
    func together() throws {
        let chunks = String(repeating: "1\r\nx\r\n", count: 1000)
        try channel.writeInbound(ByteBuffer(string: Self.head + chunks))
        #expect(try handedOn() == [-1, 1000])

        try channel.writeInbound(ByteBuffer(string: chunks + "0\r\n\r\n"))
        #expect(try handedOn() == [1000, -1])
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("merged parts are not much larger than 64 KiB")
    func large() throws {
        let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
        try channel.writeInbound(
            ByteBuffer(string: Self.head + String(repeating: chunk, count: 40) + "0\r\n\r\n"))

        let sizes = try handedOn()
        #expect(sizes.filter { $0 > 0 }.reduce(0, +) == 40 * 4096)
        #expect(sizes.max() == 64 << 10)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
