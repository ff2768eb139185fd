import JobsClient

/// Jobs as a table for people.
enum JobTable {
    static func rows(of jobs: [DetailedJob], _ moments: Moments = .exact) -> [[String]] {
        let heading = [
            "ID", "TYPE", "REF_ID", "STATE", "RETRIES", moments.areExact ? "CREATED" : "AGE",
            "UNTIL",
        ]
        return [heading]
            + jobs.map { detailed in
                let job = detailed.job
                // An older service sends no states, and has only those that the fields of a job
                // show.
                let state = detailed.stateName ?? job.state(at: .now()).rawValue
                return [
                    "\(job.id)".printable, job.type.printable, job.refID.printable, state.printable,
                    "\(job.retries)", moments.age(job.created),
                    moments.text(end(of: JobState(rawValue: state), job)),
                ]
            }
    }

    /// When a state ends, or when the job has ended.
    private static func end(of state: JobState?, _ job: Job) -> Timestamp? {
        switch state {
        case .running: job.lockedUntil
        case .delayed: job.delayedUntil
        case .ready, .expired, .exhausted: job.executeUntil
        case .completed: job.completed
        case .failed: job.failed
        case .cancelled: job.cancelled
        default: nil
        }
    }
}
