public import Logging
import Synchronization

/// Lets claims of any store wait for a job: long polling.
///
/// Claims that find nothing wait in lines, one for each type, first come, first served. They are told
/// of jobs by what passes through here, by the store's ``JobsNews`` about what other processes do, by
/// a timer for the first delay or lease to end, and by a look every so often in case that something
/// was missed. A line is kept for a while when nobody waits, so that workers who come back after each
/// job find it as it was.
public final class WaitingJobsPersistence: JobsPersistence {
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
        var waiters = 0
        /// Of these types all news is told.
        var followed: Set<ExactText> = []
    }

    let store: any JobsPersistence
    private let news: (any JobsNews)?
    private let options: Options
    private let state = Mutex(State())
    private let wanted = AsyncStream.makeStream(
        of: Set<ExactText>.self, bufferingPolicy: .bufferingNewest(1))

    /// For so long a line is kept when nobody waits in it.
    private static let linger = Duration.seconds(60)

    /// - Parameter news: what tells of other processes on the same jobs; nil: there are none.
    public init(
        _ store: any JobsPersistence, news: (any JobsNews)? = nil, options: Options = Options()
    ) {
        self.store = store
        self.news = news
        self.options = options
    }

    /// How many claims wait at the moment.
    public var waitingCount: Int {
        state.withLock { Array($0.lines.values) }.reduce(0) { $0 + $1.line.waitingCount }
    }

    // MARK: Waiting

    /// Starts up to `limit` jobs of a type as soon as there is one, or none when `wait` milliseconds
    /// have passed or the task is cancelled.
    ///
    /// Never waits for more jobs than are there. Jobs that were started are returned also if the task
    /// has been cancelled in the meantime: whoever cannot use them any more has to release them.
    /// - Parameter onWaiting: called if there is none at once, and waiting begins.
    /// - Throws: ``JobsError/overloaded`` if too many wait; what the store throws when it is asked the
    ///   first time. Later failures are thrown only if they last to the end of the wait.
    public func start(
        type: String, timeout: Int64, maxRetries: Int, limit: Int, wait milliseconds: Int64,
        onWaiting: @Sendable () -> Void = {}
    ) async throws -> [StartedJob] {
        guard milliseconds > 0, limit > 0, maxRetries > 0 else {
            return try await start(
                type: type, timeout: timeout, maxRetries: maxRetries, limit: limit)
        }
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        let line = try enter(ExactText(type))
        defer { leave(ExactText(type)) }
        let kind = WaitingLine.Kind(timeout: timeout, maxRetries: maxRetries)
        let arrival = line.arrive()
        if !line.isEmpty(for: kind) {
            // Not in this task, which may be cancelled while others' claims go with this one.
            let claim = Task {
                try await start(type: type, timeout: timeout, maxRetries: maxRetries, limit: limit)
            }
            let started = try await claim.value
            if !started.isEmpty { return started }
        }
        onWaiting()
        return try await line.wait(kind, limit: limit, until: deadline, since: arrival)
    }

    private func enter(_ type: ExactText) throws -> WaitingLine {
        try state.withLock { state in
            guard state.waiters < options.maxWaiters else { throw JobsError.overloaded }
            state.waiters += 1
            if state.lines[type] != nil {
                state.lines[type]?.users += 1
            } else {
                let isFollowed = news == nil || state.followed.contains(type)
                let line = WaitingLine(
                    type: type.text, store: store, options: options, isFollowed: isFollowed)
                state.lines[type] = Entry(line: line, users: 1)
                wanted.continuation.yield(Set(state.lines.keys))
            }
            return state.lines[type]!.line  // it was there, or was made just now
        }
    }

    private func leave(_ type: ExactText) {
        state.withLock { state in
            state.waiters -= 1
            state.lines[type]?.users -= 1
            state.lines[type]?.usedAt = .now
        }
    }

    // MARK: News

    /// Listens to what other processes do, and clears away what is not used any more, until the task
    /// is cancelled. Without it claims are served all the same, less promptly.
    public func followNews(logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await Task.sleep(for: Self.linger / 6)) != nil { clearAway() }
            }
            guard let news else { return }
            let reader = NewsReader(news: news, logger: logger) { [self] types in
                follow(types)
            } onNews: { [self] news in
                announce(news)
            }
            group.addTask { [wanted] in await reader.run(wanted.stream) }
        }
    }

    private func clearAway() {
        state.withLock { state in
            let count = state.lines.count
            state.lines = state.lines.filter { _, entry in
                entry.users > 0 || entry.usedAt.duration(to: .now) < Self.linger
            }
            if state.lines.count != count { wanted.continuation.yield(Set(state.lines.keys)) }
        }
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
