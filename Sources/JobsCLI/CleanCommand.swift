import ArgumentParser
import JobsClient

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
