/// One timer for many times: it rings at the first one.
///
/// After that, its owner sets it again for the next one. It may ring before any of the times, if
/// the one that it was set for does not matter any more.
struct WaitingAlarm {
    private var time: ContinuousClock.Instant?
    private var timer: Task<Void, Never>?

    /// Has the timer ring at a time or earlier, once.
    mutating func set(
        noLaterThan instant: ContinuousClock.Instant, _ ring: @escaping @Sendable () -> Void
    ) {
        if let time, time <= instant { return }
        timer?.cancel()
        time = instant
        // A detached task: it must not have the task-local values of the call that sets it.
        timer = Task.detached {
            if (try? await Task.sleep(until: instant, clock: .continuous)) != nil { ring() }
        }
    }

    mutating func hasRung() {
        time = nil
        timer = nil
    }
}
