import ArgumentParser
import JobsClient

struct AddCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a job and prints it.",
        discussion: ExitCode.explanation)

    @OptionGroup var job: NewJobArguments

    @Flag(
        help: "Print the unfinished job of the same type and reference instead, if there is one.")
    var unique = false

    @Option(
        help: ArgumentHelp(
            """
            Makes the call repeatable: the same id and type add one job, and the job is printed. \
            (default: an id of this call)
            """, valueName: "id"))
    var requestID: String?

    @Flag(name: .shortAndLong, help: "Print only the id of the job.")
    var quiet = false

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        var job = try job.newJob()
        job.requestID = requestID
        let added = try await unique ? client.addUnique(job) : client.add(job)
        guard !quiet else { return print("\(added.id)".printable) }
        JobOutput(service).show(added)
    }
}
