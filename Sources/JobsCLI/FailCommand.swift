import ArgumentParser
import JobsClient

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
