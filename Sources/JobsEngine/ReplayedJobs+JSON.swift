package import JSON
import Jobs

extension JSONWriter {
    /// The outcome of a replay, as the operation `replay_jobs` answers it.
    package mutating func replayed(_ jobs: ReplayedJobs) {
        beginObject()
        key("count")
        integer(jobs.ids.count)
        key("data")
        beginArray()
        for id in jobs.ids { string(id.description) }
        endArray()
        key("skipped")
        integer(jobs.skipped)
        endObject()
    }
}
