import ArgumentParser
import JobsClient

struct DeleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a job in any state and prints it.",
        usage: "jobsctl delete (<id> | --all) [<options>]",
        discussion: ExitCode.explanation)

    @Argument(help: "The job's id.")
    var id: String?

    @Flag(help: "Delete all jobs.")
    var all = false

    @Flag(help: "Do not ask whether to delete all jobs, as on a terminal otherwise.")
    var yes = false

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (id == nil) == all else {
            throw ValidationError("Give either an id or --all")
        }
    }

    func run(_ client: any JobsClient) async throws {
        guard let id else {
            guard yes || Terminal.confirms("Delete all jobs, in whatever state?") else {
                return JobOutput(service).say("Nothing is deleted.")
            }
            try await client.deleteAll()
            return JobOutput(service).say("All jobs are deleted.")
        }
        guard let job = try await client.delete(JobID(id)) else { throw ExitCode.nothing }
        JobOutput(service).show(job)
    }
}
