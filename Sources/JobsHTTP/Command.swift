import HTTPEdge
import JSON
import Jobs
import JobsEngine
import NIOCore

/// An operation of the service in the HTTP API.
struct Command: Sendable {
    let name: String
    let summary: String
    /// The scope that a caller needs if the service has access control.
    let scope: AccessScope
    let arguments: [Argument]
    /// The possible answers, for the OpenAPI document.
    let answers: [Shape]
    /// The parts of a request that are needed.
    let selection: JSONSelection
    /// How callers that are limited to types are checked; `nil` for a check of each item.
    let reach: Reach?
    /// Whether the work may wait for a long time, in which case it must not keep the request's body.
    let mayWait: Bool
    /// Whether it concerns a single job, and so takes about as long as other such operations.
    let isAboutOneJob: Bool
    /// Whether it is the batch form of another operation.
    let isBatch: Bool
    /// Reads the arguments and returns the work, which keeps only what it needs of the request.
    let prepare: @Sendable (Arguments) throws -> Work

    typealias Work = @Sendable (CallContext) async throws -> Result

    init(
        name: String, summary: String, scope: AccessScope, arguments: [Argument],
        answers: [Shape], reach: Reach?, mayWait: Bool = false, isAboutOneJob: Bool = false,
        isBatch: Bool = false, prepare: @escaping @Sendable (Arguments) throws -> Work
    ) {
        self.name = name
        self.summary = summary
        self.scope = scope
        self.arguments = arguments
        self.answers = answers
        self.reach = reach
        self.mayWait = mayWait
        self.isAboutOneJob = isAboutOneJob
        self.isBatch = isBatch
        self.prepare = prepare
        selection = .members(arguments.selection + Self.correlationIDs)
    }

    /// Some clients also send the correlation id in the body, where it is accepted without effect.
    private static let correlationIDs: [JSONSelection.Member] = [
        .init("correlation_id"), .init("trace_id"),
    ]

    enum Result {
        /// There is no such job, or no result: 204.
        case nothing
        case job(Job, JobState? = nil)
        case started(StartedJob)
        // Indirect, since a filter is large and would make every other result as large.
        indirect case page(
            JobPage, of: JobFilter, state: @Sendable (Job) -> JobState? = { _ in nil })
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

    /// The answer. Errors of items omit the correlation id, which would be repeated up to a thousand
    /// times.
    /// - Parameter jobs: The source of the rest of a page.
    func answer(from jobs: JobsController) -> Answer {
        var json: JSONWriter
        switch self {
        case .nothing:
            return .nothing
        case .job(let job, let state):
            json = JSONWriter(capacity: job.jsonCapacity)
            json.job(job, stateName: state?.rawValue)
        case .started(let started):
            json = JSONWriter(capacity: started.job.jsonCapacity)
            json.job(started.job, lockToken: started.lockToken)
        case .page(let page, let filter, let state):
            json = JSONWriter(capacity: page.jobs.reduce(32) { $0 + $1.jsonCapacity })
            guard page.isCut else {
                json.page(page) { state($0)?.rawValue }
                break
            }
            json.beginPage()
            for job in page.jobs { json.job(job, stateName: state(job)?.rawValue) }
            var answer = Answer.json(json.takeBuffer())
            let rest = PageRest(behind: page, of: filter, jobs, json: json, state: state)
            answer.rest = { rest }
            return answer
        case .items(let items):
            json = JSONWriter(capacity: items.reduce(16) { $0 + $1.jsonCapacity })
            json.beginObject()
            json.key("data")
            json.beginArray()
            for item in items {
                switch item {
                case .success(.nothing): json.null()
                case .success(.job(let job, let state)): json.job(job, stateName: state?.rawValue)
                case .success(.started(let started)):
                    json.job(started.job, lockToken: started.lockToken)
                case .failure(let error):
                    json.failure(HTTPFailure(error), correlationID: nil)
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
        case .success(.job(let job, _)): job.jsonCapacity
        case .success(.started(let started)): started.job.jsonCapacity + 64
        case .failure: 512
        }
    }
}

extension Job {
    /// The approximate size of the job's JSON, so that a buffer seldom has to grow.
    fileprivate var jsonCapacity: Int {
        440 + type.utf8.count + refID.utf8.count + (params?.bytes.count ?? 4)
    }
}
