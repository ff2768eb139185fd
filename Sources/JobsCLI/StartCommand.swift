import ArgumentParser
import JobsClient

struct StartCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts a job and prints it with its lock token.",
        discussion: """
            Either the next job of a type, or a certain one with --id, if nobody has it.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The type.")
    var type: String?

    @Option(help: "The job's id.")
    var id: String?

    @Option(help: "How long the lease lasts: \(TimeArgument.help).")
    var timeout = TimeArgument.minute

    @Option(
        help: "Only jobs that were started fewer times. (default: as the service is configured)")
    var maxRetries: Int?

    @Option(help: "How long to wait for a job, up to a minute: \(TimeArgument.help).")
    var wait: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (type == nil) != (id == nil) else {
            throw ValidationError("Either a type or --id has to be given")
        }
        guard id == nil || (maxRetries == nil && wait == nil) else {
            throw ValidationError("--max-retries and --wait go with a type")
        }
    }

    func run(_ client: any JobsClient) async throws {
        let timeout = timeout.duration
        let claimed: ClaimedJob? =
            if let id {
                try await client.start(JobID(id), timeout: timeout)
            } else {
                try await client.start(
                    type: type ?? "", timeout: timeout, maxRetries: maxRetries,
                    waitTimeout: wait?.duration ?? .zero)
            }
        guard let claimed else { throw ExitCode.nothing }
        JobOutput(json: service.json).show(claimed.job, lockToken: claimed.lockToken)
    }
}
