import JSON
import Jobs
import JobsEngine

/// The operation that groups failed jobs by their errors.
extension Command {
    static let errorCommands: [Command] = [getErrors]

    static let getErrors = Command(
        name: "get_errors",
        summary: "Groups the jobs whose last attempts failed by what their errors have in common.",
        scope: .read, arguments: errorQuery, answers: [.errors], reach: .visible("type"),
        graceWithoutClient: .seconds(1)
    ) { arguments in
        let query = arguments.errorQuery
        return { caller in
            var query = query
            if query.type == nil { query.types = caller.types }
            return .errors(try await caller.jobs.errors(query))
        }
    }

    private static let errorQuery: [Argument] = [
        .optional(
            "type", .text(upTo: Job.maximumTypeBytes),
            Argument.Note("Only jobs of this type. Default: of all types.", example: "mail")),
        .optional(
            "from", .date,
            Argument.Note(
                "Only jobs whose last attempt failed at this date or later.",
                example: "2026-11-24T08:00:00Z")),
        .optional(
            "to", .date,
            Argument.Note("Only jobs whose last attempt failed at this date or earlier.")),
    ]
}

extension Arguments {
    fileprivate var errorQuery: ErrorQuery {
        ErrorQuery(
            type: self["type"]?.string, from: self["from"]?.date, to: self["to"]?.date)
    }
}
