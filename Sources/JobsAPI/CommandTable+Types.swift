import JSON
import Jobs
import JobsEngine

/// The operations on types of jobs, and the one that explains what they do to a job.
extension Command {
    static let typeCommands: [Command] = [getTypes, explain]

    static let getTypes = Command(
        name: "get_types",
        summary: "Lists types of jobs: their jobs by state, settings, workers and waiting claims.",
        scope: .read,
        arguments: [
            .optional(
                "type", .text(upTo: Job.maximumTypeBytes),
                Argument.Note("Only this type.", example: "mail")),
            .optional(
                "paging", .object(typePaging),
                Argument.Note("The part of the types to return, in the order of their bytes.")),
            .optional(
                "rates", .boolean,
                Argument.Note(
                    """
                    Whether to return how many jobs were added, started, completed and failed in each \
                    minute of the last hour, and how long they waited and ran. Default: false.
                    """)),
        ],
        answers: [.types], reach: .visible("type"), graceWithoutClient: .seconds(1)
    ) { arguments in
        var query = arguments.object("paging").typeQuery
        query.type = arguments["type"]?.string
        query.wantsRates = arguments["rates"]?.boolean ?? false
        return { [query] caller in
            var query = query
            query.types = caller.types
            return .types(try await caller.jobs.types(query))
        }
    }

    static let explain = Command(
        name: "explain_job",
        summary: "Says why a job is not running, or which worker holds it.",
        scope: .read, arguments: [jobID], answers: [.explanation, .nothing], reach: .job
    ) { arguments in
        let id = arguments.jobID
        return { caller in
            guard try await !caller.visible([id]).isEmpty,
                let explanation = try await caller.jobs.explain(id)
            else { return .nothing }
            return .explained(explanation)
        }
    }

    private static let typePaging: [Argument] = [
        .optional(
            "skip", .integer(), Argument.Note("The number of types to skip. Default: 0.")),
        .optional(
            "take", .integer(),
            Argument.Note(
                "The maximum number of types to return; 0 for 1000, which is the limit.",
                example: 100)),
        .optional(
            "total", .boolean, Argument.Note("Whether to count all matching types. Default: false.")
        ),
        .optional(
            "after", .string,
            Argument.Note(
                "Lists the types that follow this one in the order of the list; it need not exist.")
        ),
        .optional(
            "order", .choice(["asc", "desc"]), Argument.Note("Of the types. Default: asc.")),
    ]
}

extension Arguments {
    /// The members of `paging` of a list of types.
    fileprivate var typeQuery: TypeQuery {
        TypeQuery(
            skip: self["skip"]?.integer.map { Int($0) } ?? 0,
            take: self["take"]?.integer.map { Int($0) }, after: self["after"]?.string,
            wantsTotal: self["total"]?.boolean ?? false,
            isDescending: self["order"]?.string == "desc")
    }
}
