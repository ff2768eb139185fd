import ArgumentParser
import JobsClient

struct ReplayCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Makes failed, cancelled, exhausted and expired jobs claimable again.",
        discussion: """
            Prints the ids of the replayed jobs. They keep their attempts, and get as many further \
            starts as their limit allows. Jobs in other states are left unchanged.

            With ids, the exit code is 1 if none of them was replayed. \(ExitCode.explanation)
            """)

    static let nothing = "None of these jobs can be replayed"

    @Argument(help: "The ids of the jobs. With conditions as well, a job must meet these too.")
    var ids: [String] = []

    @OptionGroup var filter: FilterArguments

    @Option(help: "The maximum number of jobs, the oldest first, up to 1000.")
    var maxJobs = ReplayRequest.maximumJobs

    @Option(help: "The time until the jobs can start: \(TimeArgument.help).")
    var delay: TimeArgument?

    @Option(
        help: """
            How long the jobs can be started from now: \(TimeArgument.help); 0 for no limit. Needed for \
            jobs that have expired. (default: as before)
            """)
    var ttl: TimeArgument?

    @Flag(help: "Print which jobs would be replayed, and replay none.")
    var dryRun = false

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        let filter = try filter.filter()
        guard !ids.isEmpty || filter != JobFilter() else {
            throw ValidationError("Give ids or a condition, such as --state failed")
        }
        let range = 1...ReplayRequest.maximumJobs
        guard range.contains(maxJobs), ids.count <= range.upperBound else {
            throw ValidationError("--max-jobs is 1 to 1000, and there are at most 1000 ids")
        }
    }

    func run(_ client: any JobsClient) async throws {
        let replayed = try await client.replay(request())
        JobOutput(service).show(replayed, isDryRun: dryRun)
        if !ids.isEmpty, replayed.ids.isEmpty { throw ExitCode.nothing }
    }

    func request() throws -> ReplayRequest {
        let filter = try filter.filter()
        return ReplayRequest(
            ids: ids.isEmpty ? nil : ids.map { JobID($0) },
            filter: filter == JobFilter() ? nil : filter, maxJobs: maxJobs,
            replay: Replay(
                delay: delay?.duration.milliseconds, ttl: ttl?.duration.milliseconds),
            isDryRun: dryRun)
    }
}
