public import Jobs
public import Logging
import Synchronization

/// A layer that lets claims of any store wait for a job: long polling.
///
/// A claim that finds no job waits in the line of its type, first come, first served. A line learns
/// of jobs from the calls that pass through this layer, from the `JobsNews` of the store about
/// other processes, from a timer for the next end of a delay or lease, and from periodic probes in
/// case something was missed. A line without claims is kept for a while, so that a worker that
/// returns after each job finds the same line.
public final class WaitingJobsPersistence: JobsPersistenceLayer {
    private struct Entry {
        let line: WaitingLine
        /// The number of claims that use the line, waiting or about to wait.
        var users = 0
        var usedAt = ContinuousClock.now
    }

    private struct State {
        var lines: [ExactText: Entry] = [:]
        var places: WaitingPlaces
        /// The types whose news is followed.
        var followed: Set<ExactText> = []
        /// The number of lines that no claim uses.
        var idle = 0
    }

    /// The store that jobs are claimed from, with the settings of types.
    let controlled: ControlledJobsPersistence
    /// The store that jobs are claimed from.
    public var base: any JobsPersistence { controlled }
    private let news: (any JobsNews)?
    private let options: Options
    private let state: Mutex<State>
    /// Yields when a line was added or removed.
    private let changes = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// The claims that this process has seen.
    let seen = SeenClaims()
    /// The counters of events of jobs in this process; `nil` if it does not count them.
    let activity: JobActivity?

    /// How long a line is kept that no claim uses.
    private static let linger = Duration.seconds(60)
    /// How long an unused line is kept that never had a job: a claim can name any type.
    private static let emptyLinger = Duration.seconds(5)
    /// The maximum number of lines that are kept and that no claim uses.
    private static let maxIdleLines = 1000

    /// A claim with a shorter wait always looks in the store, since news may come too late for it.
    private static let shortWait = Duration.seconds(1)

    /// Creates a layer over a store.
    ///
    /// - Parameters:
    ///   - base: The store that jobs are claimed from.
    ///   - news: The news of other processes that use the same jobs; `nil` if there are none.
    ///   - options: The settings of waiting claims.
    ///   - activity: The observer of this store that counts what happens to jobs; `nil` for none.
    public init(
        _ base: any JobsPersistence, news: (any JobsNews)? = nil, options: Options = Options(),
        activity: JobActivity? = nil
    ) {
        self.activity = activity
        controlled = ControlledJobsPersistence(base)
        self.news = news
        self.options = options
        state = Mutex(State(places: WaitingPlaces(limit: options.maxWaiters)))
        controlled.listen { [weak self] in self?.take($0) }
    }

    /// The number of claims that wait at the moment.
    public var waitingCount: Int {
        state.withLock { Array($0.lines.values) }.reduce(0) { $0 + $1.line.waitingCount }
    }

    private var hasWaitingClaims: Bool { state.withLock { !$0.places.areFree } }

    /// The numbers of claims that wait at the moment, of the types that have some.
    var waitingCounts: [ExactText: Int] {
        state.withLock { $0.lines }.mapValues { $0.line.waitingCount }.filter { $0.value > 0 }
    }

    /// The number of lines, including those that no claim uses.
    var lineCount: Int { state.withLock { $0.lines.count } }

    // MARK: Waiting

    /// Starts jobs of a type, and waits for the first one if there is none.
    ///
    /// The claim returns as soon as there is at least one job; it does not wait until its limit is
    /// reached. It returns without a job at the end of the wait or when the task is cancelled. A
    /// claim looks in the store before it takes a place among the waiting claims, so it gets a
    /// ready job even if all places are taken. A claim with a request id that was served before
    /// returns at once, with the jobs that are still under its leases or none. Started jobs are
    /// returned even if the task was cancelled in the meantime: a caller that cannot use them has
    /// to release them.
    ///
    /// - Returns: The started jobs; empty if there were none until the end of the wait.
    /// - Throws: `JobsError.overloaded` if there is no job and too many claims wait, in total or of
    ///   this caller or type; the error of the store at the first look. An error of a later look is
    ///   thrown only if it lasts until the end of the wait.
    public func claim(_ claim: Claim, _ wait: ClaimWait) async throws -> [StartedJob] {
        guard claim.alternatives.isEmpty else { return try await claimAny(claim, wait) }
        seen.note(claim.type, worker: claim.worker)
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
        if canSkipLook(line, isFollowed, kind, duration) {
            hasPlace = takePlace(for: claimant)
        }
        if hasPlace {
            if let served = try await served(claim) { return served }
        } else {
            if let started = try await look(claim) { return started }
            hasPlace = takePlace(for: claimant)
            guard hasPlace else { throw JobsError.overloaded }
        }
        let started = try await wait.during {
            try await line.wait(claim, kind, until: deadline, since: arrival)
        }
        // Another instance may have served the request in the meantime.
        guard started.isEmpty, !Task.isCancelled else { return started }
        return try await served(claim) ?? []
    }

    /// Whether a claim need not look in the store before it waits, since another one has found
    /// nothing.
    func canSkipLook(
        _ line: WaitingLine, _ isFollowed: Bool, _ kind: WaitingLine.Kind, _ duration: Duration
    ) -> Bool {
        isFollowed && duration >= Self.shortWait && line.isEmpty(for: kind)
    }

    func takePlace(for claimant: WaitingPlaces.Claimant) -> Bool {
        state.withLock { $0.places.take(for: claimant) }
    }

    func giveBackPlace(of claimant: WaitingPlaces.Claimant) {
        state.withLock { $0.places.giveBack(claimant) }
    }

    /// - Returns: The line of a type, and whether the news of other processes is followed for it.
    func enter(_ type: ExactText) -> (WaitingLine, isFollowed: Bool) {
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

    func leave(_ type: ExactText) {
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

    /// Follows the news of other processes and removes unused lines, until the task is cancelled.
    ///
    /// Without this task, waiting claims learn of the jobs of other processes only by probes, and a
    /// claim after a pause reads the settings of types first.
    public func followNews(logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: Self.emptyLinger)) != nil { clearAway() }
            }
            group.addTask { [self] in
                await controlled.keepSettingsCurrent { [self] in hasWaitingClaims }
            }
            guard let news else { return }
            let reader = NewsReader(news: news, logger: logger) { [self] types in
                follow(types)
            } onNews: { [self] news in
                announce(news)
            }
            group.addTask { [self] in
                await reader.run(changes.stream) { [self] in
                    // The set is made outside the lock. A concurrent claim copies the lines once,
                    // at most once for each change of the set.
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

    /// Records that the news of exactly these types is followed from now on.
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

    /// Has the lines look again whose types have changed.
    private func take(_ news: ControlledJobsPersistence.News) {
        switch news {
        case .settings(let types):
            for line in lines(of: types) { line.reconsider() }
        case .room(let types):
            for line in lines(of: types) { line.announceSomething() }
        }
    }

    private func lines(of types: Set<ExactText>) -> [WaitingLine] {
        state.withLock { state in
            if types.contains(KnownSettings.allTypes) { return state.lines.values.map(\.line) }
            return types.compactMap { state.lines[$0]?.line }
        }
    }

    /// Passes news of this process on to the lines. The news is made only if there are lines.
    func tell(_ news: () -> [JobNews]) {
        guard !state.withLock({ $0.lines.isEmpty }) else { return }
        announce(news())
    }
}
