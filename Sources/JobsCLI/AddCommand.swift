import ArgumentParser
import Foundation
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

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let job = try newJob()
        let added = try await unique ? client.addUnique(job) : client.add(job)
        JobOutput(json: service.json).show(added)
    }

    private func newJob() throws -> NewJob {
        var text = params
        if text == "-" {
            text = String(
                decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        }
        do {
            return NewJob(
                type: type, refID: refID, ttl: ttl?.duration.milliseconds ?? 0,
                params: try text.map { try JSONText($0) }, priority: priority,
                delay: delay?.duration.milliseconds)
        } catch {
            throw JobsClientError(.refused, "The params are not valid JSON: \(error)")
        }
    }
}
