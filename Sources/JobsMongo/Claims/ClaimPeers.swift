import Jobs
import Synchronization

/// The other instances that claim the same jobs, so that each leaves the shares of the others
/// alone.
///
/// The tokens of an instance begin with its tag. An instance that finds a job of its list claimed
/// reads the tag of the instance that was faster. Nothing else is exchanged, and nothing relies on
/// it: instances that do not know each other only lose some races.
final class ClaimPeers: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Peer {
        var lastMet: Instant
        var meetings = 0
    }

    /// The tag of this instance.
    let tag: String
    private let peers = Mutex<[String: Peer]>([:])

    /// The length of a tag, in hex digits.
    static let tagLength = 6
    /// How long an instance is remembered after a meeting. Instances that share jobs seldom meet.
    static let lifetime = Duration.seconds(30)
    /// The tag of an older version is random in every command, so that one meeting shows nothing.
    private static let fewestMeetings = 2
    /// The maximum number of shares. A look reads the jobs of all shares.
    private static let maximumShares = 8
    private static let maximumCount = 64

    init(tag: String = String(LockToken.random().description.prefix(tagLength))) {
        self.tag = tag
    }

    /// Records that other instances hold leases on jobs that this one has tried to claim in one
    /// command.
    func meet(_ tokens: some Sequence<LockToken>, at now: Instant = .now) {
        let tags = Set(tokens.map { String($0.description.prefix(Self.tagLength)) })
            .subtracting([tag])
        guard !tags.isEmpty else { return }
        peers.withLock { peers in
            if peers.count >= Self.maximumCount { peers.removeAll() }
            for tag in tags {
                peers[tag, default: Peer(lastMet: now)].lastMet = now
                peers[tag]?.meetings += 1
            }
        }
    }

    /// Returns the shares of the instances that are known now.
    func shares(at now: Instant = .now) -> Shares {
        peers.withLock { peers in
            guard !peers.isEmpty else { return Shares(tags: [tag], tag: tag) }
            peers = peers.filter { $0.value.lastMet.duration(to: now) < Self.lifetime }
            let known = peers.filter { $0.value.meetings >= Self.fewestMeetings }.keys.sorted()
            let sharing = [tag] + known.prefix(Self.maximumShares - 1)
            return Shares(tags: sharing.sorted(), tag: tag)
        }
    }

    /// The shares of several instances in the jobs of all types.
    struct Shares {
        /// The tags of the instances, in order.
        fileprivate let tags: [String]
        fileprivate let tag: String

        /// The number of shares, 1 if this instance claims alone.
        var count: Int { tags.count }

        /// Returns whether a job is in the share of this instance.
        func own(_ id: JobID) -> Bool {
            tags.count == 1 || tags[Int(id.share % UInt64(tags.count))] == tag
        }
    }
}

extension JobID {
    /// A number that is the same in all instances (FNV-1a).
    fileprivate var share: UInt64 {
        let hash = description.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        // The low bits alone are not mixed well.
        return hash ^ (hash >> 32)
    }
}
