import ArgumentParser
import JobsClient

struct StartCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts a job and prints it with its lock token.",
        discussion: """
            Starts the next job of a type, or the job with --id if it is not locked.

            \(ExitCode.explanation)
            """)

    static let nothing = "There is no job to start"

    @Argument(help: "The type.")
    var type: String?

    @Option(help: "The job's id.")
    var id: String?

    @Option(help: "The duration of the lease: \(TimeArgument.help).")
    var timeout = TimeArgument.minute

    @Option(
        help: "Only jobs with fewer starts than this. (default: the setting of the service)")
    var maxRetries: Int?

    @Option(help: "The name under which the job is started.")
    var worker: String?

    @Option(help: "How long to wait for a job, up to a minute: \(TimeArgument.help).")
    var wait: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (type == nil) != (id == nil) else {
            throw ValidationError("Give either a type or --id")
        }
        guard id == nil || (maxRetries == nil && wait == nil) else {
            throw ValidationError("--max-retries and --wait require a type")
        }
    }

    func run(_ client: any JobsClient) async throws {
        let timeout = timeout.duration
        let claimed: ClaimedJob? =
            if let id {
                try await client.start(JobID(id), timeout: timeout, worker: worker)
            } else {
                try await client.start(
                    type: type ?? "", timeout: timeout, maxRetries: maxRetries,
                    worker: worker, waitTimeout: wait?.duration ?? .zero)
            }
        guard let claimed else { throw ExitCode.nothing }
        JobOutput(service).show(claimed.job, lockToken: claimed.lockToken)
    }
}
