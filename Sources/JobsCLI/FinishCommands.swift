import ArgumentParser
import JobsClient

struct CompleteCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Marks a job as completed and prints it.",
        usage: "jobsctl complete <id> [<options>]",
        discussion: ExitCode.explanation)

    @OptionGroup var job: LeaseArguments

    @Option(
        help: ArgumentHelp(
            "The result of the work: a JSON value, or - to read it from standard input.",
            valueName: "json"))
    var result: String?

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        let result = try result.map { try JSONText(argument: $0, "result is") }
        return try await client.complete(job.lease, result: result)
    }
}

struct AbortCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Releases a job without completing it, and prints it.",
        usage: "jobsctl abort <id> [<options>]",
        discussion: ExitCode.explanation)

    @OptionGroup var job: LeaseArguments

    @Option(help: "How long the job is not handed out by its type: \(TimeArgument.help).")
    var delay: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        try await client.abort(job.lease, delay: delay?.duration)
    }
}

struct FailCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "fail",
        abstract: "Reports that an attempt at a job has failed, and prints it.",
        discussion: """
            The job is tried again after the delay of its retry policy, or it has failed for good: with \
            --no-retry, when it was started as often as its limit allows, or when the next attempt \
            would be too late. Jobs that have failed are listed with jobsctl list --state failed.

            \(ExitCode.explanation)
            """)

    @OptionGroup var job: LeaseArguments

    @Option(help: "The kind of error, by which jobs can be found.")
    var type: String?

    @Option(help: "What happened.")
    var message: String?

    @Option(
        help: ArgumentHelp(
            "Further data: a JSON value, or - to read it from standard input.", valueName: "json"))
    var details: String?

    @Flag(help: "Do not try the job again.")
    var noRetry = false

    @Option(
        help: "The time until the next attempt, instead of the policy's: \(TimeArgument.help).")
    var delay: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        try await client.fail(
            job.lease, error: try error(), retry: !noRetry, delay: delay?.duration)
    }

    /// The error; `nil` if no option describes one.
    func error() throws -> AttemptError? {
        let details = try details.map { try JSONText(argument: $0, "details are") }
        let error = AttemptError(type: type, message: message, details: details)
        return error == AttemptError() ? nil : error
    }
}

struct CancelCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancels a job and prints it.",
        usage: "jobsctl cancel <id> [<options>]",
        discussion: """
            A job that is running has cancel_requested then. Its worker is told when it extends the \
            lease, and the job is cancelled when the lease ends, unless it is completed before.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        try await client.cancel(JobID(id))
    }
}

struct DeleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a job in any state and prints it.",
        usage: "jobsctl delete (<id> | --all) [<options>]",
        discussion: ExitCode.explanation)

    @Argument(help: "The job's id.")
    var id: String?

    @Flag(help: "Delete all jobs.")
    var all = false

    @Flag(help: "Do not ask whether to delete all jobs, as on a terminal otherwise.")
    var yes = false

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (id == nil) == all else {
            throw ValidationError("Give either an id or --all")
        }
    }

    func run(_ client: any JobsClient) async throws {
        guard let id else {
            guard yes || Terminal.confirms("Delete all jobs, in whatever state?") else {
                return JobOutput(service).say("Nothing is deleted.")
            }
            try await client.deleteAll()
            return JobOutput(service).say("All jobs are deleted.")
        }
        guard let job = try await client.delete(JobID(id)) else { throw ExitCode.nothing }
        JobOutput(service).show(job)
    }
}

struct CleanCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Deletes jobs that have ended, expired or are exhausted.",
        usage: "jobsctl clean [<options>]",
        discussion: """
            Jobs that have ended are kept as long as the service is configured to keep them.

            \(ExitCode.explanation)
            """)

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        try await client.clean()
        JobOutput(service).say("Jobs that are over and past their retention are deleted.")
    }
}
