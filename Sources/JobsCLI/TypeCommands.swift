import ArgumentParser
import JobsClient

struct TypesCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "types", abstract: "Prints types of jobs: their jobs, settings and workers.",
        usage: "jobsctl types [<type>] [<options>]",
        discussion: """
            Prints a table of all types, or what is known of one type. OLDEST is how long the oldest \
            ready job has been ready, CLAIMED how long ago a worker last asked for a job, and WORKERS \
            how many with a name have asked within the last hour. A limit of running jobs stands behind \
            their number.

            With --rates the table has how many jobs were added, started and completed, and how many \
            attempts failed, per minute of the last five; and how long jobs waited for their first start \
            and how long completed ones ran, half of them (P50) and 19 of 20 (P95) at most. With --json \
            there are the numbers of each minute of the last hour.

            \(ExitCode.explanation)
            """)

    static let nothing = "There is no such type"

    @Argument(help: "Print what is known of this type.")
    var type: String?

    @Option(
        help: ArgumentHelp(
            "Go on after this type, such as the last one of the page before.", valueName: "type"))
    var after: String?

    @Option(help: "The maximum number of types to print, up to 1000.")
    var take = TypeQuery.maximumTypes

    @Flag(help: "Print what happens per minute, instead of the numbers of jobs.")
    var rates = false

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let page = try await client.types(query)
        if type != nil, page.types.isEmpty { throw ExitCode.nothing }
        let output = JobOutput(service)
        guard !service.json else { return output.show(page) }
        if let status = page.types.first, type != nil {
            output.show(status, pauseOfAllTypes: page.pause, since: page.ratesSince)
        } else if rates {
            return output.show(ratesOf: page)
        } else {
            output.show(page)
        }
        output.say(asOf: page.asOf)
    }

    var query: TypeQuery {
        TypeQuery(type: type, take: take, after: after, wantsRates: rates)
    }
}

struct PauseCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pauses a type of jobs, so that workers get none, and prints it.",
        discussion: """
            Jobs of the type are still added, and running ones go on. Workers that wait go on waiting. \
            The pause ends at the time that is given, or with jobsctl resume.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The type; '*' for all types.")
    var type: String

    @Option(help: "Why, for people.")
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "When the pause ends by itself, such as 2026-11-24T12:00:00Z.", valueName: "date"))
    var until: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "After how long the pause ends by itself: \(TimeArgument.help).", valueName: "time"))
    var duration: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard until == nil || duration == nil else {
            throw ValidationError("Give either --until or --for")
        }
        guard until.map({ Timestamp(iso8601: $0) != nil }) ?? true else {
            throw ValidationError("--until is not a date")
        }
    }

    func run(_ client: any JobsClient) async throws {
        let status = try await client.pause(type: type, reason: reason, until: end(at: .now()))
        JobOutput(service).show(status)
    }

    /// When the pause ends; `nil` if it does not end by itself.
    func end(at now: Timestamp) -> Timestamp? {
        duration.map { now.advanced(by: $0.duration.milliseconds) }
            ?? until.flatMap { Timestamp(iso8601: $0) }
    }
}

struct ResumeCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Ends the pause of a type of jobs, and prints it.",
        usage: "jobsctl resume <type> [<options>]",
        discussion: """
            A pause of all types ends with jobsctl resume '*', which leaves the pauses of single types.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The type; '*' for the pause of all types.")
    var type: String

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        JobOutput(service).show(try await client.resume(type: type))
    }
}
