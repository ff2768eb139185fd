import BSON
import Jobs

/// A due job of a type with limits, with its group.
struct Candidate: Sendable {
    let job: DueJob
    let group: ExactText?

    init(_ job: DueJob, group: String?) {
        self.job = job
        self.group = group.flatMap { $0.isEmpty ? nil : ExactText($0) }
    }

    init?(_ key: BSONDocument) {
        guard let job = DueJob(key) else { return nil }
        self.init(job, group: key["group"]?.string)
    }

    static let projection = BSONLiteral.encoded([
        "_id": 1, "priority": 1, "available_at": 1, "group": 1,
    ])
}

/// How far the claims of this process have scanned the jobs of a type that has a limit per group.
///
/// A scan from the beginning meets all jobs of full groups. So a claim continues where the last one
/// ended, and the jobs that were skipped are remembered: when this process ends a lease of their
/// group, they are next. The end of a lease of another process is noticed by a new scan, which
/// comes several times a second. It begins at the first job that was left, since a server keeps
/// the deleted keys in front of it for minutes. Before a claim answers that there is no job, it
/// scans from the beginning.
struct GroupScan: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Where the scan began; `nil` for the beginning of the type.
    let start: ClaimPlace?
    /// The last job that the scan has met; `nil` if there is none yet.
    private(set) var place: DueJob?
    /// The first job that the scan has met and left.
    private(set) var firstLeft: ClaimPlace?
    /// Jobs of full groups, in the order of claims.
    private var passed: [ExactText: [Candidate]] = [:]
    private var passedCount = 0
    /// The jobs that are next, in the order of claims.
    private(set) var next: [Candidate] = []
    private let begun: Instant
    /// How long the scan to its place took.
    private var cost = Duration.zero

    private static let shortestLifetime = Duration.milliseconds(250)
    private static let longestLifetime = Duration.milliseconds(750)
    private static let costFactor = 4
    private static let mostPassed = 50_000
    private static let mostOfGroup = 16

    init(from start: ClaimPlace? = nil, at now: Instant = .now) {
        self.start = start
        begun = now
    }

    /// Whether claims may go on with it.
    func isFresh(at now: Instant) -> Bool {
        let lifetime = min(max(cost * Self.costFactor, Self.shortestLifetime), Self.longestLifetime)
        return begun.duration(to: now) < cost + lifetime
    }

    /// Whether the scan has met no job yet, and will meet all.
    var isAtBeginning: Bool { start == nil && place == nil }

    /// Records a job that a claim has met.
    ///
    /// - Parameter isPassedOver: Whether its group was full.
    mutating func met(_ candidate: Candidate, isPassedOver: Bool) {
        if place.map({ $0.isBefore(candidate.job) }) ?? true { place = candidate.job }
        if isPassedOver { left(candidate) }
        guard isPassedOver, let group = candidate.group, passedCount < Self.mostPassed,
            passed[group]?.count ?? 0 < Self.mostOfGroup
        else { return }
        passed[group, default: []].append(candidate)
        passedCount += 1
    }

    mutating func took(_ duration: Duration) { cost += duration }

    /// Takes the jobs that are next.
    mutating func takeNext() -> [Candidate] {
        defer { next = [] }
        return next
    }

    /// Makes the first skipped job of a group the next one.
    mutating func free(_ group: String) {
        let group = ExactText(group)
        guard let first = passed[group]?.first else { return }
        passed[group]?.removeFirst()
        passedCount -= 1
        add(first)
    }

    /// Makes a job next, if it is in front of the place.
    mutating func add(_ candidate: Candidate) {
        guard let place, !place.isBefore(candidate.job) else { return }
        left(candidate)
        guard next.count < LimitedTypes.mostCandidates else { return }
        let index = next.firstIndex { candidate.job.isBefore($0.job) } ?? next.count
        next.insert(candidate, at: index)
    }

    private mutating func left(_ candidate: Candidate) {
        if firstLeft.map({ candidate.job.place < $0 }) ?? true { firstLeft = candidate.job.place }
    }

    /// The query for the due jobs behind the place.
    func query(_ type: String, at now: Timestamp) -> BSONLiteral {
        guard let place else { return DueJobs.query(type, from: start, at: now) }
        let (priority, date) = (
            place.place.priority, BSONLiteral.value(place.place.availableAt.bson)
        )
        let now: BSONLiteral = .value(now.bson)
        return [
            "$or": [
                [
                    "type": .string(type), "priority": ["$lt": .int(Int64(priority))],
                    "available_at": ["$lte": now],
                ],
                [
                    "type": .string(type), "priority": .int(Int64(priority)),
                    "available_at": ["$gt": date, "$lte": now],
                ],
                [
                    "type": .string(type), "priority": .int(Int64(priority)),
                    "available_at": date, "_id": ["$gt": place.id],
                ],
            ]
        ]
    }
}
