import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPEdge

@Suite("Idle connections")
struct IdleConnectionsTests {
    private let loop = EmbeddedEventLoop()
    private let connections = IdleConnections(grace: .zero, graceOfUsers: .zero)

    /// A connection, and whether it has been closed.
    private final class Connection {
        let entry: IdleConnections.Entry
        private(set) var isClosed = false

        init(_ loop: EmbeddedEventLoop, _ connections: IdleConnections) {
            let channel = EmbeddedChannel(loop: loop)
            entry = connections.add(channel)
            channel.closeFuture.assumeIsolated().whenComplete { [self] _ in isClosed = true }
        }
    }

    private func connect() -> Connection { Connection(loop, connections) }

    @Test("silent connections close first, by age; none in use is closed")
    func order() {
        let used = connect()
        used.entry.isInUse()
        let kept = connect()
        kept.entry.isInUse()
        kept.entry.isIdle()
        let silent = (0..<40).map { _ in connect() }

        #expect(connections.closeSome() == 32)
        loop.run()
        #expect(silent.map(\.isClosed) == (0..<40).map { $0 < 32 })
        #expect(!kept.isClosed)

        #expect(connections.closeSome() == 9)
        loop.run()
        #expect(silent.allSatisfy(\.isClosed) && kept.isClosed)
        #expect(connections.closeSome() == 0)
        #expect(!used.isClosed)
    }

    @Test("a connection used before its close is kept")
    func race() {
        let connection = connect()

        #expect(connections.closeSome() == 1)
        connection.entry.isInUse()
        loop.run()

        #expect(!connection.isClosed)
    }

    @Test("a new connection is given time")
    func grace() {
        let connections = IdleConnections(grace: .seconds(3600))
        let connection = Connection(loop, connections)

        #expect(connections.closeSome() == 0)
        #expect(!connection.isClosed)
    }

    @Test("one that has been used is given more time")
    func used() {
        let connections = IdleConnections(grace: .zero, graceOfUsers: .seconds(3600))
        let connection = Connection(loop, connections)
        connection.entry.isIdle()

        #expect(connections.closeSome() == 0)
    }

    @Test("as many others are admitted as are closed")
    func room() {
        let silent = (0..<40).map { _ in connect() }

        for _ in silent { #expect(connections.makeRoom()) }
        loop.run()

        let areClosed = silent.allSatisfy(\.isClosed)
        #expect(areClosed)
        #expect(!connections.makeRoom())
    }
}
