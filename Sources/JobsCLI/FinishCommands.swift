import ArgumentParser
import JobsClient

struct CompleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Marks a job as completed and prints it.",
        discussion: ExitCode.explanation)

    @OptionGroup var job: LeaseArguments
    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        guard let job = try await client.complete(job.lease) else { throw ExitCode.nothing }
        JobOutput(json: service.json).show(job)
    }
}

struct AbortCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Releases a job without completing it, and prints it.",
        discussion: ExitCode.explanation)

    @OptionGroup var job: LeaseArguments

    @Option(help: "How long the job is not handed out by its type: \(TimeArgument.help).")
    var delay: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        guard let job = try await client.abort(job.lease, delay: delay?.duration) else {
            throw ExitCode.nothing
        }
        JobOutput(json: service.json).show(job)
    }
}

struct DeleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a job in any state and prints it.",
        discussion: ExitCode.explanation)

    @Argument(help: "The job's id.")
    var id: String?

    @Flag(help: "Delete all jobs.")
    var all = false

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (id == nil) == all else {
            throw ValidationError("Give either an id or --all")
        }
    }

    func run(_ client: any JobsClient) async throws {
        guard let id else { return try await client.deleteAll() }
        guard let job = try await client.delete(JobID(id)) else { throw ExitCode.nothing }
        JobOutput(json: service.json).show(job)
    }
}

struct CleanCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Deletes jobs that are completed, expired or exhausted.",
        discussion: ExitCode.explanation)

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        try await client.clean()
    }
}
