/// The description of a route in the OpenAPI document.
package struct Operation: Sendable {
    package let method: Method
    package let path: String
    package let name: String
    package let summary: String
    package let group: Group
    /// The scope that callers need; `nil` for none.
    package var scope: AccessScope?
    /// The arguments in the body; `nil` if there is no body.
    package var arguments: [Argument]?
    /// The optional arguments of which at least one is needed.
    var needsOneOf: [String] = []
    /// Whether no more than one of these may be there.
    var excludesOthers = false
    /// Whether it keeps the trace context of the request.
    var takesTraceContext = false
    /// The answers, in the order of their status.
    package var answers: [Described]

    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package enum Group: String, Sendable, CaseIterable {
        case jobs = "Jobs"
        case batches = "Many jobs at once"
        case system = "System"
    }

    /// An answer with the schema of its body; an answer without a schema has no body.
    package struct Described: Sendable {
        package let status: Int
        package let text: String
        var schema: JSONLiteral?
        var mediaType = "application/json"

        static func failure(_ status: Int, _ text: String) -> Described {
            Described(status: status, text: text, schema: .reference("Error"))
        }
    }
}

extension Operation {
    /// - Parameter path: The path of the command's route.
    package init(_ command: Command, path: String) {
        method = .post
        self.path = path
        name = command.name
        summary = command.summary
        scope = command.scope
        group = command.isBatch ? .batches : .jobs
        arguments = command.arguments
        needsOneOf = command.needsOneOf
        excludesOthers = command.excludesOthers
        takesTraceContext = command.scope == .produce
        var answers = command.answers.map(\.described)
        answers.append(
            .failure(
                400,
                """
                The arguments or the request itself are invalid. Other answers list arguments without \
                effect in the header X-Ignored-Arguments; a request with the header Prefer: \
                handling=strict is refused because of them.
                """))
        if command.arguments.contains(where: { $0.name == "lock_token" }) {
            answers.append(.failure(409, "The lock_token does not belong to the job's last lease."))
        }
        answers.append(.failure(408, "The request was not complete within the time limit."))
        answers.append(.failure(413, "The body is too large."))
        answers.append(.failure(431, "The head of the request is too large."))
        answers.append(.failure(500, "The service failed; its log has the reason."))
        answers.append(.unavailable)
        self.answers = answers
    }

    /// A route that only returns information.
    /// - Parameters:
    ///   - schema: The schema of the answer.
    ///   - scope: The scope that callers need.
    package static func telling(
        _ name: String, path: String, summary: String, schema: JSONLiteral,
        scope: AccessScope? = .read, mediaType: String = "application/json",
        answers: [Described] = [.unavailable]
    ) -> Operation {
        let told = Described(status: 200, text: summary, schema: schema, mediaType: mediaType)
        return Operation(
            method: .get, path: path, name: name, summary: summary, group: .system, scope: scope,
            answers: [told] + answers)
    }
}

extension Operation {
    /// The operation with the answers of an endpoint on which callers have to authenticate.
    package var protected: Operation {
        guard let scope else { return self }
        var operation = self
        let all: [Described] = [
            .failure(401, "The caller is unknown, or its token has expired."),
            .failure(
                403, "The caller lacks the scope \(scope.rawValue), or is limited to other types."),
        ]
        operation.answers += all.filter { more in
            !answers.contains { $0.status == more.status }
        }
        operation.answers.sort { $0.status < $1.status }
        return operation
    }

    /// The operation without access control.
    package var open: Operation {
        var operation = self
        operation.scope = nil
        return operation
    }

    /// The operation if the configuration forbids it.
    package var forbidden: Operation {
        var operation = self
        operation.answers =
            [.failure(403, "The configuration of this service forbids it.")]
            + answers.filter { $0.status >= 400 }
        return operation
    }
}

extension Operation.Described {
    package static let unavailable = failure(
        503,
        "The service is unavailable or overloaded; retry after the time in Retry-After."
    )
}

extension Command.Shape {
    fileprivate var described: Operation.Described {
        let text: String
        switch self {
        case .nothing: text = "There is no such job, schedule or result."
        case .job: text = "The job."
        case .started: text = "The job with the token of its new lease."
        case .page: text = "A page of jobs."
        case .items: text = "A result for each item, in the order of the items."
        case .replayed: text = "The replayed jobs, the oldest first."
        case .errors: text = "The groups, those with the most jobs first, at most 1000."
        case .types: text = "The types, in the order of their bytes."
        case .type: text = "The type."
        case .explanation: text = "The reason, for people and for programs."
        case .operation: text = "The operation."
        case .operations: text = "The operations, the newest first."
        case .audit: text = "What was done, the newest first."
        case .failure: text = "The error."
        case .schedule: text = "The schedule."
        case .schedulePage: text = "A page of schedules."
        }
        if case .nothing = self { return .init(status: 204, text: text) }
        return .init(status: 200, text: text, schema: schema)
    }
}
