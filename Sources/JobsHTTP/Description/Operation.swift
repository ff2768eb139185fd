import HTTPTypes

/// What a route does, as the description of the API tells it.
struct Operation: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let name: String
    let summary: String
    let group: Group
    /// What the body holds; nil: there is none.
    var arguments: [Argument]?
    /// By status, in order.
    let answers: [Described]

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
        group = Command.batches.contains { $0.name == command.name } ? .batches : .jobs
        arguments = command.arguments
        var answers = command.answers.map(\.described)
        answers.append(.failure(400, "The arguments, or the request itself, are wrong."))
        if command.arguments.contains(where: { $0.name == "lock_token" }) {
            answers.append(.failure(409, "The lock_token is not that of the job's last lease."))
        }
        answers.append(.failure(413, "The body is too large."))
        answers.append(.failure(500, "The service failed; its log says why."))
        answers.append(.unavailable)
        self.answers = answers
    }

    /// A route that only tells something.
    /// - Parameter schema: of what it tells.
    static func telling(
        _ name: String, path: String, summary: String, schema: JSONLiteral,
        mediaType: String = "application/json", answers: [Described] = [.unavailable]
    ) -> Operation {
        let told = Described(status: 200, text: summary, schema: schema, mediaType: mediaType)
        return Operation(
            method: .get, path: path, name: name, summary: summary, group: .system,
            answers: [told] + answers)
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
