import ArgumentParser
import JobsClient

struct ListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists jobs in the order of their creation.",
        discussion: """
            AGE is the time since the job was added. UNTIL is when the state ends: a lease, a delay, the \
            time to be started; or when the job was completed, failed or cancelled.

            \(ExitCode.explanation)
            """)

    @OptionGroup var filter: FilterArguments

    @Flag(help: "Print the newest jobs first.")
    var newestFirst = false

    @Option(
        help: ArgumentHelp(
            "Go on after the job with this id, such as the last one of the page before.",
            valueName: "id"))
    var after: String?

    @Option(help: "The number of jobs to skip.")
    var skip = 0

    @Option(help: "The maximum number of jobs to print; the service has its own limit.")
    var take = 50

    @Flag(help: "Print the number of all matching jobs as well.")
    var total = false

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let page = try await client.listDetails(filter.filter(), paging)
        JobOutput(service).show(page, take: take)
    }

    var paging: Paging {
        Paging(
            skip: skip, take: take, wantsTotal: total, after: after.map { JobID($0) },
            isDescending: newestFirst)
    }
}
