import ArgumentParser
import JobsClient

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
