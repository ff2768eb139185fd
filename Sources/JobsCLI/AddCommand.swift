import ArgumentParser
import Foundation
import JobsClient

struct AddCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a job and prints it.",
        discussion: ExitCode.explanation)

    @Argument(help: "What kind of work it is.")
    var type: String

    @Argument(help: "What the work is about.")
    var refID: String

    // No option: `--params` is the program's own, as in the originals, wherever it stands.
    @Argument(help: "The job's own data: a JSON value, or - to read it from standard input.")
    var params: String?

    @Option(help: "How long it may be started: \(TimeArgument.help). (default: for ever)")
    var ttl: TimeArgument?

    @Option(help: "Higher goes first.")
    var priority = 0

    @Option(help: "How long nobody gets it by its type: \(TimeArgument.help).")
    var delay: TimeArgument?

    @Flag(
        help: "Only if there is no unfinished one of its type and reference; that is printed then.")
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
            throw JobsClientError(.refused, "The params are no JSON: \(error)")
        }
    }
}
