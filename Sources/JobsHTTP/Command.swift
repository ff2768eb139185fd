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
        case page(JobPage, of: JobFilter)
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

    /// - Parameters:
    ///   - jobs: where the rest of a page comes from.
    ///   - correlationID: for the errors of items.
    func answer(from jobs: PermittedJobs, correlationID: @autoclosure () -> String?) -> Answer {
        var json: JSONWriter
        switch self {
        case .nothing:
            return .nothing
        case .job(let job):
            json = JSONWriter(capacity: job.jsonCapacity)
            json.job(job)
        case .started(let started):
            json = JSONWriter(capacity: started.job.jsonCapacity)
            json.job(started.job, lockToken: started.lockToken)
        case .page(let page, let filter):
            json = JSONWriter(capacity: page.jobs.reduce(32) { $0 + $1.jsonCapacity })
            guard page.isCut else {
                json.page(page)
                break
            }
            json.beginPage()
            for job in page.jobs { json.job(job) }
            var answer = Answer.json(json.takeBuffer())
            answer.rest = PageRest(behind: page, of: filter, jobs, json: json)
            return answer
        case .items(let items):
            json = JSONWriter(capacity: items.reduce(16) { $0 + $1.jsonCapacity })
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
        return .json(json.buffer)
    }
}

extension Result<Command.Item, any Error> {
    fileprivate var jsonCapacity: Int {
        switch self {
        case .success(.nothing): 5
        case .success(.job(let job)): job.jsonCapacity
        case .success(.started(let started)): started.job.jsonCapacity + 64
        case .failure: 512
        }
    }
}

extension Job {
    /// About as many bytes as the job's JSON takes, so that writing it seldom has to grow a buffer.
    fileprivate var jsonCapacity: Int {
        440 + type.utf8.count + refID.utf8.count + (params?.bytes.count ?? 4)
    }
}
