import ArgumentParser
import JobsClient

struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Sets, lists, deletes and runs schedules, by which the service adds jobs.",
        subcommands: [
            ScheduleSetCommand.self, ScheduleListCommand.self, ScheduleRunCommand.self,
            ScheduleDeleteCommand.self,
        ])
}

struct ScheduleSetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Sets a schedule, in place of the one with the same id, and prints it.",
        discussion: """
            Each firing adds one job. A schedule that is set again keeps its history, unless its times \
            change. One that was paused begins anew when it is set without --paused.

            Examples:
              jobsctl schedule set nightly report all --cron '0 3 * * *' --time-zone Europe/Berlin
              jobsctl schedule set poll import orders '{"shop": 7}' --every 30s --overlap skip

            \(ExitCode.explanation)
            """)

    @Argument(help: "The id of the schedule.")
    var id: String

    @OptionGroup var job: NewJobArguments

    @Option(
        help: ArgumentHelp(
            """
            When it fires: minute, hour, day of month, month and day of week, or a name such as @hourly.
            """, valueName: "expression"))
    var cron: String?

    @Option(help: "The time between two firings, at least 1s: \(TimeArgument.help).")
    var every: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "The time zone of --cron, such as Europe/Berlin.", valueName: "zone"))
    var timeZone = "UTC"

    @Option(
        help: """
            Whether it fires while its last job is delayed, ready or running: \
            \(Schedule.Overlap.names).
            """)
    var overlap = Choice(Schedule.Overlap.allow)

    @Option(
        help: """
            What happens to firings that were missed while no instance ran, one job for all of them, \
            none, or one for each: \(Schedule.CatchUp.names).
            """)
    var catchUp = Choice(Schedule.CatchUp.one)

    @Flag(help: "Do not fire, until the schedule is set without this.")
    var paused = false

    @Option(
        help: ArgumentHelp(
            "Do not fire from this date on, such as 2026-12-24T12:00:00Z.", valueName: "date"))
    var until: DateArgument?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard (cron == nil) != (every == nil) else {
            throw ValidationError("Give either --cron or --every")
        }
        guard every.map({ $0.duration >= .seconds(1) }) ?? true else {
            throw ValidationError("--every must be at least 1s")
        }
    }

    func run(_ client: any JobsClient) async throws {
        JobOutput(service).show(try await client.set(schedule()))
    }

    func schedule() throws -> Schedule {
        Schedule(
            id: id, cron: cron, every: every?.duration.milliseconds, timeZone: timeZone,
            newJob: try job.newJob(), overlap: overlap.value, catchUp: catchUp.value,
            isPaused: paused, until: until?.date)
    }
}

struct ScheduleListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists schedules in the order of their ids.",
        discussion: """
            With an id, prints all of that schedule. WHEN is the cron expression or the time between two \
            firings; NEXT is - where the schedule is paused or over.

            \(ExitCode.explanation)
            """)

    static let nothing = "There is no such \(Schedule.noun)"

    @Argument(help: "The id of a schedule. (default: all)")
    var id: String?

    @Option(
        help: ArgumentHelp(
            "Go on after the schedule with this id, such as the last one of the page before.",
            valueName: "id"))
    var after: String?

    @Option(help: "The maximum number of schedules to print; the service has its own limit.")
    var take = 50

    @Flag(help: "Print the number of all schedules as well.")
    var total = false

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let output = JobOutput(service)
        if let id {
            guard let schedule = try await client.schedule(id) else { throw ExitCode.nothing }
            return output.show(schedule)
        }
        let paging = Paging(take: take, wantsTotal: total, after: after.map { JobID($0) })
        output.show(try await client.schedules(paging))
    }
}

struct ScheduleRunCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Adds the job of a schedule at once and prints it.",
        usage: "jobsctl schedule run <id> [<options>]",
        discussion: """
            It works while the schedule is paused, and changes nothing about its next firing.

            \(ExitCode.explanation)
            """)

    static let nothing = "There is no such \(Schedule.noun)"

    @Argument(help: "The id of the schedule.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Job? {
        try await client.runSchedule(id)
    }
}

struct ScheduleDeleteCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a schedule and prints it. Its jobs stay.",
        usage: "jobsctl schedule delete <id> [<options>]",
        discussion: ExitCode.explanation)

    @Argument(help: "The id of the schedule.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> Schedule? {
        try await client.deleteSchedule(id)
    }
}
