import ArgumentParser
import JobsClient

struct AddCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a job and prints it.",
        discussion: ExitCode.explanation)

    @Argument(help: "The type of the job: the kind of work.")
    var type: String

    @Argument(help: "The reference: the object that the work is about.")
    var refID: String

    // An argument, since `--params` is an option of the program itself, as in the original services.
    @Argument(help: "The job's own data: a JSON value, or - to read it from standard input.")
    var params: String?

    @Option(help: "How long the job can be started: \(TimeArgument.help). (default: no limit)")
    var ttl: TimeArgument?

    @Option(help: "Jobs with a higher priority start first.")
    var priority = 0

    @Option(help: "How long the job is not handed out by its type: \(TimeArgument.help).")
    var delay: TimeArgument?

    @Flag(
        help: "Print the unfinished job of the same type and reference instead, if there is one.")
    var unique = false

    @Option(help: "How often the job is started at most. (default: the setting of the service)")
    var maxRetries: Int?

    @OptionGroup var retry: RetryArguments

    @Option(help: "The group of the job, such as a customer.")
    var group: String?

    @Option(
        help: ArgumentHelp(
            """
            Makes the call repeatable: the same id and type add one job, and the job is printed. \
            (default: an id of this call)
            """, valueName: "id"))
    var requestID: String?

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let job = try newJob()
        let added = try await unique ? client.addUnique(job) : client.add(job)
        JobOutput(json: service.json).show(added)
    }

    private func newJob() throws -> NewJob {
        NewJob(
            type: type, refID: refID, ttl: ttl?.duration.milliseconds ?? 0,
            params: try params.map { try JSONText(argument: $0, "params are") },
            priority: priority, delay: delay?.duration.milliseconds, maxRetries: maxRetries,
            retry: retry.policy, group: group, requestID: requestID)
    }
}
