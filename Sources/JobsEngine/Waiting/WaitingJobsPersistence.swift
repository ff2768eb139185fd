public import Jobs
public import Logging
import Synchronization

/// Lets claims of any store wait for a job: long polling.
///
/// Claims that find nothing wait in lines, one for each type, first come, first served. They are told
/// of jobs by what passes through here, by the store's `JobsNews` about what other processes do, by
/// a timer for the first delay or lease to end, and by a look every so often in case that something
/// was missed. A line is kept for a while when nobody waits, so that workers who come back after each
/// job find it as it was.
public final class WaitingJobsPersistence: JobsPersistenceLayer {
    public struct Options: Sendable {
        /// How many claims may wait at a time; more are refused.
        public var maxWaiters: Int
        /// How often a line looks in the store without having been told to.
        public var probeInterval: Duration
        /// The same while nothing tells what other processes do.
        public var blindProbeInterval: Duration

        public init(
            maxWaiters: Int = 5000, probeInterval: Duration = .seconds(30),
            blindProbeInterval: Duration = .seconds(1)
        ) {
            self.maxWaiters = maxWaiters
            self.probeInterval = probeInterval
            self.blindProbeInterval = blindProbeInterval
        }
    }

    private struct Entry {
        let line: WaitingLine
        /// Claims that are on their way in, or wait.
        var users = 0
        var usedAt = ContinuousClock.now
    }

    private struct State {
        var lines: [ExactText: Entry] = [:]
        var places: WaitingPlaces
        /// Of these types all news is told.
        var followed: Set<ExactText> = []
        /// How many lines no claim uses.
        var idle = 0
    }

    public let base: any JobsPersistence
    private let news: (any JobsNews)?
    private let options: Options
    private let state: Mutex<State>
    /// Told when there are other lines than before.
    private let changes = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// For so long a line is kept when no claim uses it.
    private static let linger = Duration.seconds(60)
    /// The same for a line that has not had a job: claims can name types that never have a job.
    private static let emptyLinger = Duration.seconds(5)
    /// So many lines that no claim uses are kept at most.
    private static let maxIdleLines = 1000

    /// A wait shorter than this always looks in the store itself: others' looks and news may come late.
    private static let shortWait = Duration.seconds(1)

    /// - Parameter news: what tells of other processes on the same jobs; nil: there are none.
    public init(
        _ base: any JobsPersistence, news: (any JobsNews)? = nil, options: Options = Options()
    ) {
        self.base = base
        self.news = news
        self.options = options
        state = Mutex(State(places: WaitingPlaces(limit: options.maxWaiters)))
    }

    /// How many claims wait at the moment.
    public var waitingCount: Int {
        state.withLock { Array($0.lines.values) }.reduce(0) { $0 + $1.line.waitingCount }
    }

    /// How many lines there are, with those that no claim uses at the moment.
    var lineCount: Int { state.withLock { $0.lines.count } }

    // MARK: Waiting

    /// Starts jobs of a type as soon as there is one, or none when the time of the wait has passed or it
    /// is cancelled.
    ///
    /// Never waits for more jobs than are there. A claim looks in the store before it takes a place among
    /// those that wait, so a job that lies ready is handed out also when all places are taken. Jobs that
    /// were started are returned also if the task has been cancelled in the meantime: a caller that
    /// cannot use them any more has to release them.
    /// - Throws: `JobsError.overloaded` if there is no job and too many claims wait, in all or of this
    ///   caller or type; what the store throws when it is asked the first time. Later failures are thrown
    ///   only if they last to the end of the wait.
    public func claim(_ claim: Claim, _ wait: ClaimWait) async throws -> [StartedJob] {
        guard wait.milliseconds > 0, claim.limit > 0, claim.startLimit > 0 else {
            return try await self.claim(claim)
        }
        let duration = Duration.milliseconds(wait.milliseconds)
        let deadline = ContinuousClock.now + duration
        let type = ExactText(claim.type)
        let (line, isFollowed) = enter(type)
        defer { leave(type) }
        let kind = WaitingLine.Kind(timeout: claim.timeout, maxRetries: claim.startLimit)
        let arrival = line.arrive()
        let claimant = WaitingPlaces.Claimant(
            caller: wait.caller.map { ExactText($0) }, type: type)
        var hasPlace = false
        defer { if hasPlace { giveBackPlace(of: claimant) } }
        if isFollowed, duration >= Self.shortWait, line.isEmpty(for: kind) {
            hasPlace = takePlace(for: claimant)
        }
        if !hasPlace {
            let started = try await self.claim(claim)
            if !started.isEmpty { return started }
            hasPlace = takePlace(for: claimant)
            guard hasPlace else { throw JobsError.overloaded }
        }
        return try await wait.during {
            try await line.wait(kind, limit: claim.limit, until: deadline, since: arrival)
        }
    }

    private func takePlace(for claimant: WaitingPlaces.Claimant) -> Bool {
        state.withLock { $0.places.take(for: claimant) }
    }

    private func giveBackPlace(of claimant: WaitingPlaces.Claimant) {
        state.withLock { $0.places.giveBack(claimant) }
    }

    /// - Returns: the line of a type, and whether it is told everything that other processes do.
    private func enter(_ type: ExactText) -> (WaitingLine, isFollowed: Bool) {
        let (line, isFollowed, isNew) = state.withLock { state in
            let isFollowed = news == nil || state.followed.contains(type)
            if let entry = state.lines[type] {
                if entry.users == 0 { state.idle -= 1 }
                state.lines[type]?.users += 1
                return (entry.line, isFollowed, false)
            }
            let line = WaitingLine(
                type: type.text, store: base, options: options, isFollowed: isFollowed)
            state.lines[type] = Entry(line: line, users: 1)
            return (line, isFollowed, true)
        }
        if isNew { changes.continuation.yield() }
        return (line, isFollowed)
    }

    private func leave(_ type: ExactText) {
        let isGone = state.withLock { state in
            guard var entry = state.lines[type] else { return false }
            entry.users -= 1
            entry.usedAt = .now
            guard entry.users == 0 else {
                state.lines[type] = entry
                return false
            }
            guard state.idle < Self.maxIdleLines else {
                state.lines[type] = nil
                return true
            }
            state.idle += 1
            state.lines[type] = entry
            return false
        }
        if isGone { changes.continuation.yield() }
    }

    // MARK: News

    /// Listens to what other processes do, and clears away what is not used any more, until the task
    /// is cancelled. Without it claims are served all the same, less promptly.
    public func followNews(logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: Self.emptyLinger)) != nil { clearAway() }
            }
            guard let news else { return }
            let reader = NewsReader(news: news, logger: logger) { [self] types in
                follow(types)
            } onNews: { [self] news in
                announce(news)
            }
            group.addTask { [self] in
                await reader.run(changes.stream) { [self] in
                    // The set is made outside the lock. A claim that comes meanwhile copies the lines
                    // once, no more often than the reader changes its set.
                    let lines = state.withLock { $0.lines }
                    return Set(lines.keys)
                }
            }
        }
    }

    private func clearAway() {
        let isChanged = state.withLock { state in
            let count = state.lines.count
            state.lines = state.lines.filter { _, entry in
                let linger = entry.line.hasHadJobs ? Self.linger : Self.emptyLinger
                return entry.users > 0 || entry.usedAt.duration(to: .now) < linger
            }
            state.idle -= count - state.lines.count
            return state.lines.count != count
        }
        if isChanged { changes.continuation.yield() }
    }

    /// Of these types everything is told from now on, and of no others.
    private func follow(_ types: Set<ExactText>) {
        let lines = state.withLock { state in
            state.followed = types
            return state.lines.map { ($0.value.line, types.contains($0.key)) }
        }
        for (line, isFollowed) in lines { line.follow(isFollowed) }
    }

    private func announce(_ news: [JobNews]) {
        for (type, news) in Dictionary(grouping: news, by: { ExactText($0.type) }) {
            state.withLock { $0.lines[type]?.line }?.announce(news)
        }
    }

    /// Tells the lines what has passed through here, if there are any.
    func tell(_ news: () -> [JobNews]) {
        guard !state.withLock({ $0.lines.isEmpty }) else { return }
        announce(news())
    }
}

extension WaitingJobsPersistence.Options {
    /// When to look the next time, scattered so that instances do not look at the same moment.
    func probeInterval(isFollowed: Bool) -> Duration {
        (isFollowed ? probeInterval : blindProbeInterval) * Double.random(in: 0.75...1.25)
    }
}
