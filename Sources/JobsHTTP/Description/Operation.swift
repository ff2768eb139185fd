import HTTPTypes

/// What a route does, as the description of the API tells it.
struct Operation: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let name: String
    let summary: String
    let group: Group
    /// What callers need, where they need something; nil: nothing.
    var scope: AccessScope?
    /// What the body holds; nil: there is none.
    var arguments: [Argument]?
    /// By status, in order.
    var answers: [Described]

    enum Group: String, CaseIterable {
        case jobs = "Jobs"
        case batches = "Many jobs at once"
        case system = "System"
    }

    /// An answer with its schema; without one it has no body.
    struct Described: Sendable {
        let status: Int
        let text: String
        var schema: JSONLiteral?
        var mediaType = "application/json"

        static func failure(_ status: Int, _ text: String) -> Described {
            Described(status: status, text: text, schema: .reference("Error"))
        }
    }
}

extension Operation {
    /// - Parameter path: of the command's route.
    init(_ command: Command, path: String) {
        method = .post
        self.path = path
        name = command.name
        summary = command.summary
        scope = command.scope
        group = command.isBatch ? .batches : .jobs
        arguments = command.arguments
        var answers = command.answers.map(\.described)
        answers.append(
            .failure(
                400,
                """
                The arguments, or the request itself, are wrong. What would have no effect is named in \
                the header X-Ignored-Arguments of other answers; a request with the header Prefer: \
                handling=strict is refused for it.
                """))
        if command.arguments.contains(where: { $0.name == "lock_token" }) {
            answers.append(.failure(409, "The lock_token is not that of the job's last lease."))
        }
        answers.append(.failure(408, "The request did not come whole in time."))
        answers.append(.failure(413, "The body is too large."))
        answers.append(.failure(431, "The head of the request is too large."))
        answers.append(.failure(500, "The service failed; its log says why."))
        answers.append(.unavailable)
        self.answers = answers
    }

    /// A route that only tells something.
    /// - Parameters:
    ///   - schema: of what it tells.
    ///   - scope: of the route.
    static func telling(
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
    var protected: Operation {
        guard let scope else { return self }
        var operation = self
        let all: [Described] = [
            .failure(401, "The caller is not known, or his token has expired."),
            .failure(
                403, "The caller lacks the scope \(scope.rawValue), or is limited to other types."),
        ]
        operation.answers += all.filter { more in
            !answers.contains { $0.status == more.status }
        }
        operation.answers.sort { $0.status < $1.status }
        return operation
    }

    /// Where everybody may do everything.
    var open: Operation {
        var operation = self
        operation.scope = nil
        return operation
    }

    /// Where the configuration forbids it.
    var forbidden: Operation {
        var operation = self
        operation.answers =
            [.failure(403, "The configuration of this service forbids it.")]
            + answers.filter { $0.status >= 400 }
        return operation
    }
}

extension Operation.Described {
    static let unavailable = failure(
        503,
        "It cannot be done now; Retry-After says when to come back."
    )
}

extension Command.Shape {
    fileprivate var described: Operation.Described {
        let text: String
        switch self {
        case .nothing: text = "There is no such job, or nothing to say."
        case .job: text = "The job."
        case .started: text = "The job, with the token of its new lease."
        case .page: text = "A page of jobs."
        case .items: text = "A result for each item, in their order."
        case .failure: text = "What went wrong."
        }
        if case .nothing = self { return .init(status: 204, text: text) }
        return .init(status: 200, text: text, schema: schema)
    }
}
