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

        /// - Parameter isKept: Called if a request has arrived in the meantime.
        fileprivate func close(unlessUsed isKept: @escaping @Sendable () -> Void) {
            channel.eventLoop.execute { [self] in
                if rank.load(ordering: .relaxed) != 0 {
                    channel.close(promise: nil)
                } else if channel.isActive {
                    isKept()
                }
            }
        }
    }

    /// How long a client may stay silent before its connection counts as idle.
    private static let grace = Duration.seconds(1)
    /// The same after it has sent a request: clients keep connections that they use often.
    private static let graceOfUsers = Duration.seconds(5)
    /// How many are closed at once, because finding them scans all connections.
    private static let closedTogether = 32

    private let grace: Duration
    private let graceOfUsers: Duration
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
    /// How many connections that ``closeSome()`` has closed are not replaced yet.
    private let room = Mutex(0)

    init(
        grace: Duration = IdleConnections.grace,
        graceOfUsers: Duration = IdleConnections.graceOfUsers
    ) {
        self.grace = grace
        self.graceOfUsers = graceOfUsers
    }

    /// Tracks a connection until it is closed.
    func add(_ channel: any Channel) -> Entry {
        let entry = Entry(channel)
        let id = ObjectIdentifier(entry)
        track(entry)
        channel.closeFuture.whenComplete { [self] _ in
            entries.withLock { _ = $0.removeValue(forKey: id) }
        }
        return entry
    }

    private func track(_ entry: Entry) {
        entries.withLock { $0[ObjectIdentifier(entry)] = entry }
    }

    /// Closes idle connections to make room for another one.
    ///
    /// - Returns: Whether there is room.
    func makeRoom() -> Bool {
        room.withLock { room in
            if room == 0 { room = closeSome() }
            guard room > 0 else { return false }
            room -= 1
            return true
        }
    }

    /// Closes some idle connections: first those that never sent anything, the oldest first; then
    /// those that have been idle the longest.
    ///
    /// - Returns: How many are closed.
    func closeSome() -> Int {
        let now = Entry.now
        let latest = now - TimeAmount(grace).nanoseconds
        let latestOfUsers = now - TimeAmount(graceOfUsers).nanoseconds
        let idle = entries.withLock { entries in
            entries.values.compactMap { entry -> (rank: Int64, entry: Entry)? in
                let rank = entry.rank.load(ordering: .relaxed)
                let since = rank & ~Entry.hasAsked
                let isLongAgo = since <= (rank == since ? latest : latestOfUsers)
                return rank != 0 && isLongAgo ? (rank, entry) : nil
            }
        }
        let chosen = idle.sorted { $0.rank < $1.rank }.prefix(Self.closedTogether).map(\.entry)
        // They are not chosen again before they are closed.
        entries.withLock { entries in
            for entry in chosen { entries[ObjectIdentifier(entry)] = nil }
        }
        for entry in chosen { entry.close { [self] in track(entry) } }
        return chosen.count
    }
}
