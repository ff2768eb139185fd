import ArgumentParser
import JobsClient

struct GetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Prints a job and its attempts.",
        usage: "jobsctl get <id> [<options>]",
        discussion: """
            Attempts are those that did not end in completion, at most the last 10. NEXT is the delay \
            before the next attempt, or why there is none.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        guard let job = try await client.details(of: JobID(id)) else { throw ExitCode.nothing }
        JobOutput(service).show(job)
    }
}
