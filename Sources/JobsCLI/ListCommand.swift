import ArgumentParser
import JobsClient

struct ListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists jobs in the order of their creation.",
        discussion: """
            UNTIL is when the state ends: a lease, a delay, the time to be started; or when the job was \
            completed. States are as the service tells them.

            \(ExitCode.explanation)
            """)

    @OptionGroup var filter: FilterArguments

    @Option(help: "The number of jobs to skip.")
    var skip = 0

    @Option(help: "The maximum number of jobs to print; the service has its own limit.")
    var take = 50

    @Flag(help: "Print the number of all matching jobs as well.")
    var total = false

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let page = try await client.listDetails(
            filter.filter(), Paging(skip: skip, take: take, wantsTotal: total))
        JobOutput(json: service.json).show(page)
    }
}

struct GetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Prints a job.", discussion: ExitCode.explanation)

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        guard let job = try await client.details(of: JobID(id)) else { throw ExitCode.nothing }
        JobOutput(json: service.json).show(job)
    }
}
