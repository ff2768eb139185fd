import ArgumentParser
import JobsClient

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
