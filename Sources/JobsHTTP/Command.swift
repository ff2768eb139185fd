import JSON
import Jobs
import NIOCore

/// An operation of the service as the wire knows it.
struct Command: Sendable {
    let name: String
    let summary: String
    let arguments: [Argument]
    let call: @Sendable (Arguments, JobsController) async throws -> Result

    enum Result {
        /// No such job, or nothing to say: 204.
        case nothing
        case job(Job)
        case started(StartedJob)
        case page(JobPage)
    }

    /// How deep the places of members are needed: the arguments, and those inside them.
    var recordedDepth: Int { 2 }

    static func job(_ job: Job?) -> Result { job.map(Result.job) ?? .nothing }
    static func started(_ started: StartedJob?) -> Result {
        started.map(Result.started) ?? .nothing
    }
}

extension Command.Result {
    /// The JSON of the answer; nil for none.
    var json: ByteBuffer? {
        var json: JSONWriter
        switch self {
        case .nothing:
            return nil
        case .job(let job):
            json = JSONWriter(capacity: job.jsonCapacity)
            json.job(job)
        case .started(let started):
            json = JSONWriter(capacity: started.job.jsonCapacity)
            json.job(started.job, lockToken: started.lockToken)
        case .page(let page):
            json = JSONWriter(capacity: page.jobs.reduce(32) { $0 + $1.jsonCapacity })
            json.page(page)
        }
        return json.buffer
    }
}

extension Job {
    /// About as many bytes as the job's JSON takes, so that writing it seldom has to grow a buffer.
    fileprivate var jsonCapacity: Int {
        440 + type.utf8.count + refID.utf8.count + (params?.bytes.count ?? 4)
    }
}
