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
