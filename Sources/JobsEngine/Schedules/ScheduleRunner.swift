import CoreMetrics
import Jobs
public import Logging

/// A task of every instance that fires the schedules of a controller.
///
/// The instances do the same work and do not know each other: of those that fire one time of a
/// schedule, one takes effect. They try in different orders and a little apart, so that most learn
/// of it before.
///
/// The runner keeps all schedules in memory. It reads those again that its controller has changed,
/// and all of them every second if other processes may have changed any, less often the more there
/// are. Firings of outdated schedules have no effect.
public struct ScheduleRunner: Sendable {
    let controller: JobsController
    let logger: Logger
    let settings: Settings

    /// The times of a runner.
    struct Settings: Sendable {
        /// The least time between two reads of all schedules.
        var readInterval = Duration.seconds(1)
        /// The time between two reads of all schedules if other processes may change them.
        var sharedInterval = Duration.seconds(1)
        /// The time between two reads of all schedules that only this process changes.
        var ownInterval = Duration.seconds(30)
        /// How much later than its time a schedule fires at most because of other instances, in
        /// milliseconds.
        var spread: Int64 = 60
        /// How long, in milliseconds, a new instance leaves firings from before its start to
        /// others.
        var settling: Int64 = 2000
        /// The pause after a failure.
        var pause = Duration.seconds(1)
    }

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - controller: The controller whose schedules are fired.
    ///   - logger: Logs firings that are skipped or caught up at info, and failures at error.
    public init(controller: JobsController, logger: Logger) {
        self.init(controller: controller, logger: logger, settings: Settings())
    }

    init(controller: JobsController, logger: Logger, settings: Settings) {
        self.controller = controller
        self.logger = logger
        self.settings = settings
    }

    /// Fires schedules until the task is cancelled. Failures are logged, and the next attempt
    /// follows after a second.
    public func run() async {
        var state = State(isShared: controller.persistence.records.areShared)
        while !Task.isCancelled {
            let pause: Duration
            do {
                pause = try await round(&state)
                if state.isFailing { logger.notice("Firing schedules again") }
                state.isFailing = false
            } catch {
                guard !Task.isCancelled else { break }
                controller.observer.observe(.firingFailed)
                if !state.isFailing { logger.error("Failed to fire schedules", error: error) }
                state.isFailing = true
                state.mustRead = true
                pause = settings.pause
            }
            await controller.scheduleNews.wait(atMost: pause)
        }
    }

    /// The state of the runner.
    struct State {
        let isShared: Bool
        var cache = ScheduleCache()
        /// The time of the store when the runner began.
        var start: Timestamp?
        var lastRead: ContinuousClock.Instant?
        /// Whether all schedules have to be read as soon as that is allowed.
        var mustRead = true
        var isFailing = false

        init(isShared: Bool) {
            self.isShared = isShared
        }
    }

    /// Fires what is due.
    ///
    /// - Returns: How long to wait before the next round, unless there is news.
    func round(_ state: inout State) async throws -> Duration {
        let now = try await controller.persistence.now()
        let start = state.start ?? now
        state.start = start
        try await read(&state)
        var due = state.cache.due(at: now)
        var pauses = [timeUntilRead(state)]
        if state.isShared, now < start.advanced(by: settings.settling) {
            // Instances that have run for longer know that they have not missed these.
            let count = due.count
            due.removeAll { $0.next.map { $0 < start } ?? false }
            if due.count < count { pauses.append(.milliseconds(settings.settling)) }
        }
        if !due.isEmpty { try await fire(due.shuffled(), &state, at: now, since: start) }
        let end = try await controller.persistence.now()
        if !state.cache.due(at: end).isEmpty, !due.isEmpty { return .zero }
        if let next = state.cache.next(after: end) {
            let spread = state.isShared ? Int64.random(in: 0...settings.spread) : 0
            pauses.append(.milliseconds(next.milliseconds(since: end).addingClamped(spread)))
        }
        return pauses.min() ?? settings.readInterval
    }

    /// The time between two reads of all schedules: a second for each thousand at least.
    private func interval(_ state: State) -> Duration {
        max(settings.readInterval, .milliseconds(state.cache.count))
    }

    private func timeUntilRead(_ state: State) -> Duration {
        guard let lastRead = state.lastRead else { return .zero }
        let usual = state.isShared ? settings.sharedInterval : settings.ownInterval
        let interval = state.mustRead ? interval(state) : max(usual, interval(state))
        return max(.zero, interval - lastRead.duration(to: .now))
    }

    /// Reads the schedules that have changed.
    private func read(_ state: inout State) async throws {
        let changes = controller.scheduleNews.take()
        if changes.isAny { state.mustRead = true }
        let records = controller.persistence.records
        do {
            if timeUntilRead(state) == .zero {
                state.lastRead = .now
                state.mustRead = false
                report(state.cache.replace(with: try await records.records(of: .schedule)))
                return
            }
            for id in changes.ids {
                update(&state, id, try await records.record(.schedule, id.text))
            }
        } catch {
            state.lastRead = nil
            throw error
        }
    }

    private func update(_ state: inout State, _ id: ExactText, _ record: Record?) {
        guard let record else { return state.cache.remove(id) }
        if !state.cache.set(record) { report([record.key]) }
    }

    private func report(_ unreadable: [String]) {
        for key in unreadable {
            logger.error(
                "A schedule cannot be read and does not fire", metadata: ["schedule": "\(key)"])
        }
    }
}
