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
            // Never at once: the caller holds a lock.
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
    /// How long no connections are searched for after none was found, because of that.
    private static let pause = Duration.milliseconds(100)

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        /// Those that are being closed.
        var closing: Set<ObjectIdentifier> = []
        var foundNone: ContinuousClock.Instant?
    }

    private let grace: Duration
    private let graceOfUsers: Duration
    private let state = Mutex(State())

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
        state.withLock { $0.entries[id] = entry }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                state.entries[id] = nil
                state.closing.remove(id)
            }
        }
        return entry
    }

    /// Closes idle connections until so many are being closed.
    ///
    /// - Returns: Whether there are so many.
    func close(atLeast count: Int) -> Bool {
        state.withLock { state in
            if state.closing.count >= count { return true }
            if let last = state.foundNone, last.duration(to: .now) < Self.pause { return false }
            let chosen = choose(&state)
            state.foundNone = chosen.isEmpty ? .now : nil
            for entry in chosen {
                let id = ObjectIdentifier(entry)
                entry.close { [self] in
                    self.state.withLock { state in
                        state.entries[id] = entry
                        state.closing.remove(id)
                    }
                }
            }
            return state.closing.count >= count
        }
    }

    /// Chooses idle connections to close: first those that never sent anything, the oldest first;
    /// then those that have been idle the longest.
    private func choose(_ state: inout State) -> [Entry] {
        let now = Entry.now
        let latest = now - TimeAmount(grace).nanoseconds
        let latestOfUsers = now - TimeAmount(graceOfUsers).nanoseconds
        let idle = state.entries.values.compactMap { entry -> (rank: Int64, entry: Entry)? in
            let rank = entry.rank.load(ordering: .relaxed)
            let since = rank & ~Entry.hasAsked
            let isLongAgo = since <= (rank == since ? latest : latestOfUsers)
            return rank != 0 && isLongAgo ? (rank, entry) : nil
        }
        let chosen = idle.sorted { $0.rank < $1.rank }.prefix(Self.closedTogether).map(\.entry)
        for entry in chosen {
            state.entries[ObjectIdentifier(entry)] = nil
            state.closing.insert(ObjectIdentifier(entry))
        }
        return chosen
    }
}
