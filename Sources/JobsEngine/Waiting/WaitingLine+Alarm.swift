/// When a line looks again without news, and when its claims give up.
extension WaitingLine.State {
    /// Takes a claim out of the line; `nil` if it has its jobs already.
    mutating func remove(_ ticket: Int)
        -> WaitingClaims<WaitingLine.Outcome>.Claim?
    {
        deadlines[ticket] = nil
        let claim = waiting.leave(ticket)
        stopAlarmIfIdle()
        return claim
    }

    mutating func wakeNoLater(
        than instant: ContinuousClock.Instant, _ ring: @escaping @Sendable () -> Void
    ) {
        guard wake.map({ instant < $0 }) ?? true else { return }
        wake = instant
        if !waiting.claims.isEmpty { setAlarm(noLaterThan: instant, ring) }
    }

    /// Sets the alarm to what comes first. Costs a look at each deadline, where no alarm is set.
    mutating func setAlarm(_ ring: @escaping @Sendable () -> Void) {
        guard alarm == nil, !waiting.claims.isEmpty else { return }
        let first = [wake, deadlines.values.min()].compactMap(\.self).min()
        if let first { setAlarm(noLaterThan: first, ring) }
    }

    mutating func setAlarm(
        noLaterThan instant: ContinuousClock.Instant, _ ring: @escaping @Sendable () -> Void
    ) {
        if let alarm, alarm.at <= instant { return }
        alarm?.task.cancel()
        let task = Task.detached {
            if (try? await Task.sleep(until: instant, clock: .continuous)) != nil { ring() }
        }
        alarm = (instant, task)
    }

    mutating func stopAlarmIfIdle() {
        guard waiting.claims.isEmpty else { return }
        alarm?.task.cancel()
        alarm = nil
    }
}
