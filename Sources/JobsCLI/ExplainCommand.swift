import ArgumentParser
import JobsClient

struct ExplainCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Prints why a job is not running, or who holds it.",
        usage: "jobsctl explain <id> [<options>]",
        discussion: """
            The code is one of \(JobExplanation.Code.known.map(\.rawValue).joined(separator: ", ")).

            \(ExitCode.explanation)
            """)

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        guard let explanation = try await client.explain(JobID(id)) else {
            throw ExitCode.nothing
        }
        JobOutput(service).show(explanation)
    }
}
