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
            // A connected channel is active. The address is one, so that this does not throw.
            channel.connect(to: try! SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
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

        #expect(connections.close(atLeast: 1))
        loop.run()
        #expect(silent.map(\.isClosed) == (0..<40).map { $0 < 32 })
        #expect(!kept.isClosed)

        #expect(connections.close(atLeast: 1))
        loop.run()
        let areClosed = silent.allSatisfy(\.isClosed)
        #expect(areClosed && kept.isClosed)
        #expect(!connections.close(atLeast: 1))
        #expect(!used.isClosed)
    }

    @Test("a connection used before its close is kept, and is no longer counted as closing")
    func race() {
        let connection = connect()

        #expect(connections.close(atLeast: 1))
        connection.entry.isInUse()
        loop.run()

        #expect(!connection.isClosed)
        #expect(!connections.close(atLeast: 1))
    }

    @Test("a new connection is given time, and one that has been used more of it")
    func grace() {
        let connections = IdleConnections(grace: .seconds(3600), graceOfUsers: .zero)
        let connection = Connection(loop, connections)
        #expect(!connections.close(atLeast: 1))
        #expect(!connection.isClosed)

        let others = IdleConnections(grace: .zero, graceOfUsers: .seconds(3600))
        let used = Connection(loop, others)
        used.entry.isIdle()
        #expect(!others.close(atLeast: 1))
    }

    @Test("those that are being closed count until they are")
    func closing() {
        let silent = (0..<40).map { _ in connect() }

        #expect(connections.close(atLeast: 32))
        #expect(connections.close(atLeast: 32))
        #expect(silent.allSatisfy { !$0.isClosed })
        #expect(connections.close(atLeast: 40))
        #expect(!connections.close(atLeast: 41))
        loop.run()

        let areClosed = silent.allSatisfy(\.isClosed)
        #expect(areClosed)
        #expect(!connections.close(atLeast: 1))
    }
}
