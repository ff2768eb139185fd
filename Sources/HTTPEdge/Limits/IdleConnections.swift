import NIOCore
import Synchronization

/// The connections of an endpoint and how long each has been idle; when the limit is reached, the
/// least needed ones are closed.
final class IdleConnections: Sendable {
    /// A connection. Its edge updates the state without a lock.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        /// 0 while in use, else the time since when it is idle. `hasAsked` is set once a request
        /// came, so connections that never sent one sort first.
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
                // A request may have arrived in the meantime.
                if rank.load(ordering: .relaxed) != 0 { channel.close(promise: nil) }
            }
        }
    }

    /// How long a client may stay silent before its connection counts as idle.
    private static let grace = Duration.seconds(1)
    /// How many are closed at once, because finding them scans all connections.
    private static let closedTogether = 32

    private let grace: Duration
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    init(grace: Duration = IdleConnections.grace) {
        self.grace = grace
    }

    /// Tracks a connection until it is closed.
    func add(_ channel: any Channel) -> Entry {
        let entry = Entry(channel)
        let id = ObjectIdentifier(entry)
        entries.withLock { $0[id] = entry }
        channel.closeFuture.whenComplete { [self] _ in
            entries.withLock { _ = $0.removeValue(forKey: id) }
        }
        return entry
    }

    /// Closes some idle connections: first those that never sent anything, the oldest first; then
    /// those that have been idle the longest.
    /// - Returns: whether any could be closed.
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
