import ArgumentParser
import JobsClient

/// A job to add, now or by a schedule.
struct NewJobArguments: ParsableArguments {
    @Argument(help: "The type of the job: the kind of work.")
    var type: String

    @Argument(help: "The reference: the object that the work is about.")
    var refID: String

    // An argument, since `--params` is an option of the program itself, as in the original
    // services.
    @Argument(help: "The job's own data: a JSON value, or - to read it from standard input.")
    var params: String?

    @Option(help: "How long the job can be started: \(TimeArgument.help). (default: no limit)")
    var ttl: TimeArgument?

    @Option(help: "Jobs with a higher priority start first.")
    var priority = 0

    @Option(help: "How long the job is not handed out by its type: \(TimeArgument.help).")
    var delay: TimeArgument?

    @Option(help: "How often the job is started at most. (default: the setting of the service)")
    var maxRetries: Int?

    @OptionGroup var retry: RetryArguments

    @Option(help: "The group of the job, such as a customer.")
    var group: String?

    func newJob() throws -> NewJob {
        NewJob(
            type: type, refID: refID, ttl: ttl?.duration.milliseconds ?? 0,
            params: try params.map { try JSONText(argument: $0, "params are") },
            priority: priority, delay: delay?.duration.milliseconds, maxRetries: maxRetries,
            retry: retry.policy, group: group)
    }
}
