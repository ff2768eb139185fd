import JSON
package import Jobs
package import JobsEngine

/// An operation of the service in the HTTP API.
package struct Command: Sendable {
    package let name: String
    package let summary: String
    /// The scope that a caller needs if the service has access control.
    package let scope: AccessScope
    package let arguments: [Argument]
    /// The names of optional arguments of which at least one is needed.
    let needsOneOf: [String]
    /// Whether no more than one of these may be there.
    let excludesOthers: Bool
    /// The possible answers, for the OpenAPI document.
    let answers: [Shape]
    /// The parts of a request that are needed.
    let selection: JSONSelection
    /// How callers that are limited to types are checked; `nil` for a check of each item.
    let reach: Reach?
    /// Whether the work may wait for a long time, in which case it must not keep the request's
    /// body.
    package let mayWait: Bool
    /// Whether it concerns a single job, and so takes about as long as other such operations.
    package let isAboutOneJob: Bool
    /// Whether it is the batch form of another operation.
    package let isBatch: Bool
    /// How long the work goes on after its client has disconnected; `nil` if it goes on to its end.
    package let graceWithoutClient: Duration?
    /// Reads the arguments and returns the work, which keeps only what it needs of the request.
    let prepare: @Sendable (Arguments) throws -> Work

    package typealias Work = @Sendable (CallContext) async throws -> Result

    init(
        name: String, summary: String, scope: AccessScope, arguments: [Argument],
        needsOneOf: [String] = [], excludesOthers: Bool = false, answers: [Shape], reach: Reach?,
        mayWait: Bool = false,
        isAboutOneJob: Bool = false, isBatch: Bool = false, graceWithoutClient: Duration? = nil,
        prepare: @escaping @Sendable (Arguments) throws -> Work
    ) {
        self.name = name
        self.summary = summary
        self.scope = scope
        self.arguments = arguments
        self.needsOneOf = needsOneOf
        self.excludesOthers = excludesOthers
        self.answers = answers
        self.reach = reach
        self.mayWait = mayWait
        self.isAboutOneJob = isAboutOneJob
        self.isBatch = isBatch
        self.graceWithoutClient = graceWithoutClient
        self.prepare = prepare
        selection = .members(arguments.selection + Self.correlationIDs)
    }

    /// Some clients also send the correlation id in the body, where it is accepted without effect.
    private static let correlationIDs: [JSONSelection.Member] = [
        .init("correlation_id"), .init("trace_id"),
    ]

    /// The result of the work.
    package enum Result: Sendable {
        /// There is no such job, or no result: 204.
        case nothing
        case job(Job, JobState? = nil)
        case started(StartedJob)
        // Indirect, since a filter is large and would make every other result as large.
        indirect case page(JobPage, Listing)
        case items([Swift.Result<Item, any Error>])
        case replayed(ReplayedJobs)
        // Indirect, as a page.
        indirect case schedule(Schedule)
        case schedules(SchedulePage)
        case errors(ErrorGroups)
        case types(TypePage)
        indirect case type(TypeStatus)
        indirect case explained(JobExplanation)
        indirect case operation(BulkOperation)
        case operations([BulkOperation])
        case audit([AuditEntry])
    }

    /// The list that a page is of.
    package struct Listing: Sendable {
        let filter: JobFilter
        let isDescending: Bool
        /// Returns the state of a job, if the answer contains states.
        let state: @Sendable (Job) -> JobState?
        /// The members that are shown of each job; `nil` for those of every list.
        var selection: JobSelection?

        func view(of job: Job) -> JobView {
            let state = state(job)
            return selection.map { .selected($0, stateName: state?.rawValue) } ?? .init(state)
        }
    }

    /// The form of a result.
    indirect enum Shape: Sendable {
        case nothing
        case job
        case started
        case page
        case failure
        case items([Shape])
        case replayed
        case schedule
        case schedulePage
        case errors
        case types
        case type
        case explanation
        case operation
        case operations
        case audit
    }
}

extension Command {
    /// The work of one call, which keeps of the arguments what it needs.
    /// - Throws: ``CommandFailure`` if the caller may not use the jobs that the arguments name.
    package func work(on arguments: Arguments, for caller: CallContext) throws -> Work {
        try reach?.check(arguments, caller)
        return try prepare(arguments)
    }

    /// The violation of arguments that have none of those of which one is needed.
    func missing(in arguments: JSONValue?) -> Violation? {
        let found = needsOneOf.filter { name in
            arguments?[name].map { $0.kind != .null } ?? false
        }
        if excludesOthers, found.count > 1 {
            return Violation(
                path: found[0], code: .unexpected,
                message: "\(found.joined(separator: " and ")) exclude each other",
                expected: "one of them", actual: nil)
        }
        guard let first = needsOneOf.first, found.isEmpty else { return nil }
        return Violation(
            path: first, code: .valueIsNull,
            message: "\(needsOneOf.joined(separator: " or ")) must not be null",
            expected: "not null", actual: nil)
    }
}

extension Command.Result {
    /// The jobs that are handed out.
    package var started: [StartedJob] {
        switch self {
        case .started(let started): [started]
        case .items(let items):
            items.compactMap {
                if case .success(.started(let started)) = $0 { started } else { nil }
            }
        default: []
        }
    }
}
