import BSON
import Jobs
import Mongo

/// The turn of a claim of a limited type: it counts the room, looks for jobs, and starts
/// as many of the first ones as there is room for.
struct LimitedStart: Sendable {
    private(set) var started: [StartedJob] = []
    /// The documents after the starts.
    private(set) var documents: [JobDocument] = []
    /// The jobs that were due and could not be started.
    private(set) var obstacles: [JobDocument] = []
    /// Whether there was room for fewer jobs than the claim asks for.
    private(set) var lacksRoom = false
    /// Whether ready jobs are left for lack of room.
    private(set) var hasLeftJobs = false
    /// When the maximum number of starts allows another one; `nil` if it does now, or if there is
    /// none.
    private(set) var nextRoom: Timestamp?
    /// How far a type with a limit per group was scanned.
    private(set) var scan: GroupScan?
    /// Where the window of the type begins from now on: at the last candidate, or at the first one
    /// that was left.
    private(set) var last: ClaimPlace?
    /// Whether the first look has begun behind the beginning and has found nothing.
    private(set) var isBehindWindow = false
    /// How long a look from the beginning took; `nil` if there was none.
    private(set) var lookFromBeginning: Duration?
    /// Whether so many jobs are in full groups that the next turn has to go on behind them.
    private(set) var isUnfinished = false

    /// The maximum number of looks of one turn.
    private static let mostLooks = 12

    /// The error of jobs that the server does not allow to change.
    struct Refusal: Error {
        let ids: [BSONLiteral]
        let error: MongoError
    }

    /// The jobs that a claim looks for, and where it looks.
    struct Request: Sendable {
        var claim: Claim
        /// Where to look; `nil` for the beginning.
        var window: ClaimPlace?
        /// How far a type with a limit per group was scanned; `nil` for a new scan from the window.
        var scan: GroupScan?
        /// The maximum number of jobs to start with one command.
        var mostAtOnce = LimitedTypes.mostCandidates
        let tag: String
        let passedOver: PassedOver
    }

    private var request: Request
    private var claim: Claim { request.claim }

    init(_ request: Request) {
        self.request = request
    }

    mutating func run(_ turn: Turn) throws {
        defer { nextRoom = turn.nextRoomOfRate }
        request.claim.limits = turn.limits
        var room = min(claim.limit, turn.roomOfRate)
        if let most = turn.limits.maxRunning, room > 0 {
            room = min(room, most - (try turn.running(claim.type, upTo: most)))
        }
        lacksRoom = room < claim.limit
        guard room > 0 else {
            hasLeftJobs = try !look(turn, DueJobs.query(claim.type, from: nil, at: turn.now), 1)
                .isEmpty
            return
        }
        if let most = turn.limits.maxRunningPerGroup {
            try startByGroups(room, most, turn)
        } else {
            try startFirst(room, turn)
        }
        turn.count(started)
    }

    // MARK: Without groups

    private mutating func startFirst(_ room: Int, _ turn: Turn) throws {
        for round in 0..<Self.mostLooks where started.count < room {
            let window = round == 0 ? request.window : nil
            let wanted = min(room - started.count, request.mostAtOnce)
            let begun = ContinuousClock.now
            let found = try look(
                turn, DueJobs.query(claim.type, from: window, at: turn.now), wanted)
            if window == nil { lookFromBeginning = begun.duration(to: .now) }
            let jobs = found.filter(isNew)
            if !jobs.isEmpty {
                try start(jobs.map(\.job), turn)
                last = jobs.last?.job.place
            } else if window != nil {
                isBehindWindow = true
            } else {
                return
            }
        }
        hasLeftJobs = lacksRoom
    }

    /// Whether this turn has not started the job: a lease may lapse at once.
    private func isNew(_ candidate: Candidate) -> Bool {
        !started.contains { $0.job.id == candidate.job.jobID }
    }

    // MARK: With groups

    private mutating func startByGroups(_ room: Int, _ most: Int, _ turn: Turn) throws {
        let begun = ContinuousClock.now
        var scan = request.scan ?? GroupScan(from: request.window)
        var isWhole = scan.isAtBeginning
        var counts: [ExactText: Int] = [:]
        defer {
            scan.took(begun.duration(to: .now))
            if isWhole { lookFromBeginning = begun.duration(to: .now) }
            self.scan = scan
            // All jobs up to there were started or are started by others.
            last = scan.firstLeft ?? scan.place?.place
        }
        for _ in 0..<Self.mostLooks where started.count < room {
            let wanted = min(room - started.count, request.mostAtOnce)
            var candidates = scan.takeNext()
            // The leases of all their groups are counted, over the deleted keys of those that
            // ended.
            let size = min(max(wanted * 2, 16), LimitedTypes.mostCandidates)
            if candidates.count < wanted {
                // Many full groups in front are passed in large steps.
                let step = started.isEmpty && !counts.isEmpty ? LimitedTypes.mostCandidates : size
                candidates += try look(turn, scan.query(claim.type, at: turn.now), step)
            }
            candidates.removeAll { !isNew($0) }
            guard !candidates.isEmpty else {
                guard started.isEmpty, !isWhole else { return }
                // A job in front of the start or of the place may be claimable by now.
                scan = GroupScan()
                isWhole = true
                isBehindWindow = true
                counts = [:]
                continue
            }
            let unknown = Set(candidates.compactMap(\.group)).subtracting(counts.keys)
            let found = try turn.running(claim.type, inGroups: unknown.map(\.text))
            for group in unknown { counts[group] = found[group] ?? 0 }
            var chosen: [DueJob] = []
            for candidate in candidates {
                guard chosen.count < wanted else {
                    hasLeftJobs = true
                    // A job in front of the place stays next.
                    scan.add(candidate)
                    continue
                }
                let isFull = candidate.group.map { counts[$0, default: 0] >= most } ?? false
                scan.met(candidate, isPassedOver: isFull)
                if isFull {
                    hasLeftJobs = true
                } else {
                    chosen.append(candidate.job)
                    if let group = candidate.group { counts[group, default: 0] += 1 }
                }
            }
            try start(chosen, turn)
        }
        isUnfinished = started.isEmpty
    }

    // MARK: Commands

    private func look(_ turn: Turn, _ query: BSONLiteral, _ limit: Int) throws -> [Candidate] {
        let hasGroups = turn.limits.maxRunningPerGroup != nil
        return try turn.find(
            claim.excludingOwn(from: request.passedOver.excluded(from: query)),
            sort: DueJobs.order, limit: limit,
            projection: hasGroups ? Candidate.projection : DueJob.projection,
            hint: JobIndexes.claim
        ).compactMap { Candidate($0) }
    }

    private mutating func start(_ jobs: [DueJob], _ turn: Turn) throws {
        guard !jobs.isEmpty else { return }
        let tokens = ClaimTokens(tag: request.tag)
        let ids = jobs.map(\.id)
        let latest = jobs.map(\.place.availableAt).max() ?? .max
        let query: BSONLiteral = [
            "_id": ids.count == 1 ? ids[0] : ["$in": .array(ids)], "type": .string(claim.type),
            "available_at": ["$exists": true, "$lte": .value(latest.bson)],
            "$expr": ["$lte": ["$available_at", "$$NOW"]],
        ]
        let pipeline = Pipelines.claim(tokens, claim.rest(after: started), ids)
        var found: [JobID: JobDocument] = [:]
        do {
            if ids.count == 1 {
                if let document = try turn.findAndModify(query, update: pipeline) {
                    found[document.job.id] = document
                }
            } else {
                try turn.update(query, pipeline)
                // Large jobs need several replies: each of them was started, so none may be left.
                var rest = ids
                while !rest.isEmpty {
                    let batch = try turn.find(["_id": ["$in": .array(rest)]], limit: rest.count)
                    for document in batch.map({ JobDocument($0) }) {
                        found[document.job.id] = document
                    }
                    let missing = jobs.filter { found[$0.jobID] == nil }.map(\.id)
                    guard missing.count < rest.count else { break }
                    rest = missing
                }
            }
        } catch let error as MongoError where error.kind == .refused {
            throw Refusal(ids: ids, error: error)
        }
        for job in jobs {
            guard let document = found[job.jobID] else { continue }
            let token = tokens.token(of: document.job.id)
            if document.lockToken == token {
                documents.append(document)
                started.append(StartedJob(job: document.job, lockToken: token))
            } else {
                obstacles.append(document)
            }
        }
    }
}
