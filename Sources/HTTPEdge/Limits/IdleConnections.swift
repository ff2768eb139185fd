import NIOCore
import Synchronization

/// The connections of an endpoint, and since when nothing is asked over each of them: where there is no
/// room left, the least needed are closed.
final class IdleConnections: Sendable {
    /// A connection. Its edge says what it does, which costs no lock.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// 0: it is in use. Of those over which nothing has ever come the bit below the sign is clear, so
        /// that they are the smaller ones.
        fileprivate let rank: Atomic<Int64>
        fileprivate static let hasAsked: Int64 = 1 << 62

        fileprivate init(_ channel: any Channel) {
            self.channel = channel
            rank = Atomic(Self.now)
        }

        fileprivate static var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

        func isInUse() { rank.store(0, ordering: .relaxed) }

        func isIdle() { rank.store(Self.now | Self.hasAsked, ordering: .relaxed) }

        fileprivate func close() {
            channel.eventLoop.execute { [self] in
                // A request may have come meanwhile.
                if rank.load(ordering: .relaxed) != 0 { channel.close(promise: nil) }
            }
        }
    }

    /// A client is given so much time to say something before its connection counts as idle.
    private static let grace = Duration.seconds(1)
    /// So many are closed together, since looking for them takes a look at all.
    private static let closedTogether = 32

    private let grace: Duration
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    init(grace: Duration = IdleConnections.grace) {
        self.grace = grace
    }

    /// Keeps an eye on a connection until it is closed.
    func add(_ channel: any Channel) -> Entry {
        let entry = Entry(channel)
        let id = ObjectIdentifier(entry)
        entries.withLock { $0[id] = entry }
        channel.closeFuture.whenComplete { [self] _ in
            entries.withLock { _ = $0.removeValue(forKey: id) }
        }
        return entry
    }

    /// Closes some: first those over which nothing has ever come, the oldest of them first; then those
    /// that have been idle for the longest time.
    /// - Returns: whether there was one to close.
    func closeSome() -> Bool {
        let latest = Entry.now - TimeAmount(grace).nanoseconds
        let idle = entries.withLock { entries in
            entries.values.compactMap { entry -> (rank: Int64, entry: Entry)? in
                let rank = entry.rank.load(ordering: .relaxed)
                let since = rank & ~Entry.hasAsked
                return rank != 0 && since <= latest ? (rank, entry) : nil
            }
        }
        let chosen = idle.sorted { $0.rank < $1.rank }.prefix(Self.closedTogether)
        for (_, entry) in chosen { entry.close() }
        return !chosen.isEmpty
    }
}
