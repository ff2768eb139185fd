/// The firings of a schedule at a time: rules from value to value.
extension Schedule {
    /// The firings that are due, and up to when the schedule has passed with them.
    package struct DueFirings: Sendable, Equatable {
        /// The times for each of which a job is added, in ascending order. It may be empty.
        package var times: [Timestamp]
        /// The last time that is passed with these firings.
        package var passed: Timestamp
    }

    /// The longest delay, in milliseconds, of firings that do not count as missed.
    ///
    /// If instances run but the store is unavailable for longer, the firings count as missed.
    package static let longestDelay: Int64 = 30_000

    /// The next firing after a time, which has not been passed; `nil` if there is none.
    package func next(after time: Timestamp, _ times: ScheduleTimes) -> Timestamp? {
        guard !isPaused, let next = times.next(after: max(time, passed)),
            until.map({ next < $0 }) ?? true
        else { return nil }
        return next
    }

    /// The firings that are due at a time.
    ///
    /// - Parameter start: Since when instances have been running, as far as the caller knows.
    ///   Firings before were missed; ``catchUp`` decides about them.
    /// - Returns: `nil` if none is due.
    package func due(at now: Timestamp, runningSince start: Timestamp, _ times: ScheduleTimes)
        -> DueFirings?
    {
        guard !isPaused else { return nil }
        let end = until.map { min(now, $0.advanced(by: -1)) } ?? now
        let pending = times.last(Self.maximumCaughtUp, after: passed, upTo: end)
        guard let last = pending.last else { return nil }
        // Only firings since the start of the instances can be late instead of missed.
        let running = pending.filter { $0 >= start }
        let isLate = running.first.map { now.milliseconds(since: $0) > Self.longestDelay } ?? false
        let late = isLate ? [] : running
        let missed = pending.dropLast(late.count)
        let caughtUp =
            switch catchUp {
            case .none: missed.suffix(0)
            case .all: missed
            default: missed.suffix(1)
            }
        return DueFirings(times: caughtUp + late, passed: last)
    }

    /// The schedule after a caller has set it in place of another.
    ///
    /// The history stays, unless the times at which the schedule fires are others.
    ///
    /// - Parameter old: The schedule before; `nil` if there was none.
    package func replacing(_ old: Schedule?, at now: Timestamp) -> Schedule {
        var new = self
        new.next = nil
        new.since = now
        new.passed = now
        new.last = nil
        new.lastJobID = nil
        guard let old else { return new }
        if let every, old.every == every { new.since = old.since }
        guard cron == old.cron, every == old.every, timeZone == old.timeZone else { return new }
        new.last = old.last
        new.lastJobID = old.lastJobID
        // Firings during a pause or after the end of the old schedule are never caught up.
        let wasAtRest = old.isPaused || old.until.map { $0 <= now } ?? false
        if !wasAtRest { new.passed = old.passed }
        return new
    }

    /// The schedule after firings at these times.
    ///
    /// - Parameter jobs: The added jobs, one for each time.
    package func fired(at times: [Timestamp], _ jobs: [JobID], passed: Timestamp) -> Schedule {
        var schedule = self
        schedule.passed = max(self.passed, passed)
        if let time = times.last { schedule.last = max(last ?? time, time) }
        if let job = jobs.last { schedule.lastJobID = job }
        return schedule
    }
}

extension JobState {
    /// Whether a schedule whose ``Schedule/overlap`` is ``Schedule/Overlap/skip`` waits for a job
    /// in this state.
    package var isBusy: Bool { [.delayed, .ready, .running].contains(self) }
}
