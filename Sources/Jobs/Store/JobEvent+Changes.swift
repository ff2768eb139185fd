/// The events of changes. They are derived here alone, for every store and for the controller.
extension JobEvent {
    /// The event of an act that ended an attempt or a job; `nil` if the act ended neither, such as
    /// the cancellation of a running job.
    ///
    /// A store reports it, since only the store can tell a change from a repetition.
    ///
    /// - Parameters:
    ///   - act: The act, which took effect.
    ///   - job: The job after it.
    ///   - started: When its last lease began; `nil` if it had none or that is not known.
    package init?(end act: Act, _ job: Job, started: Timestamp?) {
        switch act {
        case .complete where job.completed != nil: self = .completed(job, started: started)
        case .complete, .extend, .replay: return nil
        default:
            if job.cancelled != nil {
                self = .cancelled(job)
            } else if case .fail = act {
                self = .failed(job)
            } else {
                return nil
            }
        }
    }

    /// The event of what a caller has asked for and received; `nil` if there is none besides the
    /// one of the store.
    package init?(answer act: Act, _ result: Result<Job?, JobsError>) {
        switch (act, result) {
        case (.extend, .success(let job?)) where job.isLeased: self = .extended(job)
        // The job does not show whether it had a lease before, so every successful abort counts.
        case (.abort, .success(let job?)) where !job.isEnded: self = .aborted(job)
        case (.replay, .success(let job?)): self = .replayed(job)
        case (_, .failure(.lockLost)): self = .leaseLost
        default: return nil
        }
    }
}
