import HTTPTestSupport
import Logging
import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import HTTPEdge

@Suite("Pausing accepts when resources run out")
struct AcceptPauseTests {
    private let log = LogRecorder()
    private let channel: EmbeddedChannel

    init() {
        channel = EmbeddedChannel(handler: AcceptPause(logger: log.logger))
    }

    private func fail(_ code: CInt = EMFILE) {
        channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
    }

    private func accept() {
        channel.pipeline.fireChannelRead(EmbeddedChannel() as any Channel)
    }

    private func advance(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    private var reads: Bool? {
        channel.options.first { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
    }

    @Test(
        "accepting pauses, then it is retried",
        arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func pausing(code: CInt) throws {
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()

        fail(code)
        #expect(reads == false)
        advance(.milliseconds(99))
        #expect(reads == false)
        advance(.milliseconds(1))
        #expect(reads == true)
    }

    @Test("other errors are passed on", arguments: [ECONNABORTED, EPERM])
    func passing(code: CInt) {
        fail(code)

        #expect(reads == nil)
        #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
    }

    @Test("one warning is logged at the beginning and one notice at the end")
    func said() {
        for _ in 0..<600 {
            fail()
            advance(.milliseconds(100))
            accept()
        }
        #expect(log.lines.map(\.level) == [.warning])

        advance(.seconds(1))
        accept()
        accept()
        #expect(log.lines.map(\.level) == [.warning, .notice])
    }

    @Test("a shortage that comes and goes is logged once a minute")
    func often() {
        for _ in 0..<100 {
            fail()
            advance(.seconds(1))
            accept()
        }

        #expect(log.lines.map(\.level) == [.warning, .notice, .warning, .notice])
    }
}
