import JSON
import Jobs
import NIOCore

/// An operation of the service as the wire knows it.
struct Command: Sendable {
    let name: String
    let summary: String
    /// What a caller needs where not everybody may do everything.
    let scope: AccessScope
    let arguments: [Argument]
    /// What it may answer, for the description of the API.
    let answers: [Shape]
    let call: @Sendable (Arguments, PermittedJobs) async throws -> Result

    enum Result {
        /// No such job, or nothing to say: 204.
        case nothing
        case job(Job)
        case started(StartedJob)
        case page(JobPage)
        case items([Swift.Result<Item, any Error>])
    }

    /// The form of a result.
    indirect enum Shape: Sendable {
        case nothing
        case job
        case started
        case page
        case failure
        case items([Shape])
    }

    /// Whether it is about a single job, and so takes about as long as others that are.
    var isAboutOneJob: Bool {
        answers.contains {
            switch $0 {
            case .job, .started: true
            case .nothing, .page, .failure, .items: false
            }
        }
    }

    /// How deep the places of members are needed: the arguments, those inside them and, if there are
    /// arrays among them, the elements'.
    var recordedDepth: Int {
        arguments.contains { if case .array = $0.type { true } else { false } } ? 3 : 2
    }

    static func job(_ job: Job?) -> Result { job.map(Result.job) ?? .nothing }
    static func started(_ started: StartedJob?) -> Result {
        started.map(Result.started) ?? .nothing
    }
}

extension Command.Result {
    /// The jobs that are handed out.
    var started: [StartedJob] {
        switch self {
        case .started(let started): [started]
        case .items(let items):
            items.compactMap {
                if case .success(.started(let started)) = $0 { started } else { nil }
            }
        default: []
        }
    }

    /// The JSON of the answer; nil for none.
    /// - Parameter correlationID: for the errors of items.
    func json(correlationID: @autoclosure () -> String?) -> ByteBuffer? {
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
        case .items(let items):
            json = JSONWriter(capacity: 512 * items.count + 16)
            json.beginObject()
            json.key("data")
            json.beginArray()
            for item in items {
                switch item {
                case .success(.nothing): json.null()
                case .success(.job(let job)): json.job(job)
                case .success(.started(let started)):
                    json.job(started.job, lockToken: started.lockToken)
                case .failure(let error):
                    json.failure(HTTPFailure(error), correlationID: correlationID())
                }
            }
            json.endArray()
            json.endObject()
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
