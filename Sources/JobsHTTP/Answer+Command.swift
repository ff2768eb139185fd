import HTTPEdge
import JSON
import JobsAPI
import JobsEngine

extension Answer {
    /// Creates the answer with the result of a command.
    /// - Parameter jobs: The source of the rest of a page.
    init(_ result: Command.Result, from jobs: JobsController) {
        // Errors of items omit the correlation id, which would be repeated up to a thousand times.
        let body = result.body(from: jobs) { error, json in
            json.failure(HTTPFailure(error), correlationID: nil)
        }
        guard let body else {
            self = .nothing
            return
        }
        self = .json(body.json)
        if let rest = body.rest { self.rest = { rest() } }
    }
}

extension PageRest: AnswerRest {}
