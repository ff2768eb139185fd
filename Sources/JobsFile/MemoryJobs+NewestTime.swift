import Jobs
import JobsMemory

extension MemoryJobs {
    /// Returns the newest time with which the store has stamped its jobs; `nil` if there is none.
    ///
    /// A date alone is not reliable, since files are also edited by hand, and a store whose time is
    /// at the end of the calendar cannot make leases. Ids contain the time of their creation. So a
    /// date is used only if it is at most a day after the newest id or after `now`.
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
