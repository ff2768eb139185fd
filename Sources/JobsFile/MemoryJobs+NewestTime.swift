import Jobs
import JobsMemory

extension MemoryJobs {
    /// The newest time that a store has stamped its jobs with, as far as they tell; nil if there is none.
    ///
    /// A date alone may be anything, as files are also written by hand, and a store whose time has come
    /// to the end of the calendar can lease nothing. Ids tell when they were made: up to a day after the
    /// newest of these, and after `now`, dates are believed.
    func newestTime(at now: Timestamp) -> Timestamp? {
        var newestCreation = now
        _ = visit(after: nil, limit: .max) { job in
            if let time = job.id.creationTime {
                newestCreation = max(newestCreation, min(time, job.created))
            }
            return true
        }
        let limit = newestCreation.advanced(by: 86_400_000)
        var newest: Timestamp?
        _ = visit(after: nil, limit: .max) { job in
            for date in [job.created, job.started ?? job.created, job.completed ?? job.created]
            where date <= limit {
                newest = max(newest ?? date, date)
            }
            return true
        }
        return newest
    }
}
