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
/// Behind the jobs of full groups a scan would meet them with each claim. So claims go on where the last
/// one has ended, and remember the jobs that it has passed over: when this process ends a lease of their
/// group, they are next. A lease of another process is noticed by a scan from the beginning, which comes
/// several times a second, and before a claim answers that there is no job.
struct GroupScan: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// The last job that the scan has met; `nil` at the beginning.
    private(set) var place: DueJob?
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

    init(at now: Instant = .now) {
        begun = now
    }

    /// Whether claims may go on with it.
    func isFresh(at now: Instant) -> Bool {
        let lifetime = min(max(cost * Self.costFactor, Self.shortestLifetime), Self.longestLifetime)
        return begun.duration(to: now) < cost + lifetime
    }

    /// Whether the scan has met no job yet.
    var isAtBeginning: Bool { place == nil && next.isEmpty }

    /// Records a job that a claim has met.
    ///
    /// - Parameter isPassedOver: Whether its group was full.
    mutating func met(_ candidate: Candidate, isPassedOver: Bool) {
        if place.map({ $0.isBefore(candidate.job) }) ?? true { place = candidate.job }
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

    /// Makes the first job of a group that was passed over next.
    mutating func free(_ group: String) {
        let group = ExactText(group)
        guard let first = passed[group]?.first else { return }
        passed[group]?.removeFirst()
        passedCount -= 1
        add(first)
    }

    /// Makes a job next, if it is in front of the place.
    mutating func add(_ candidate: Candidate) {
        guard let place, !place.isBefore(candidate.job), next.count < LimitedTypes.mostCandidates
        else { return }
        let index = next.firstIndex { candidate.job.isBefore($0.job) } ?? next.count
        next.insert(candidate, at: index)
    }

    /// The query for the due jobs behind the place.
    func query(_ type: String, at now: Timestamp) -> BSONLiteral {
        guard let place else { return DueJobs.query(type, from: nil, at: now) }
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
