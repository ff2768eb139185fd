import ArgumentParser
import JobsClient

struct ExtendCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Extends the lease on a job and prints the job.",
        usage: "jobsctl extend <id> [<options>]", discussion: ExitCode.explanation)

    @OptionGroup var job: LeaseArguments

    @Option(help: "The duration of the lease from now: \(TimeArgument.help).")
    var timeout = TimeArgument.minute

    @Option(
        help: ArgumentHelp(
            "How far the work is: a JSON value, or - to read it from standard input.",
            valueName: "json"))
    var progress: String?

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        let progress = try progress.map { try JSONText(argument: $0, "progress is") }
        return try await client.extend(job.lease, timeout: timeout.duration, progress: progress)
    }
}
