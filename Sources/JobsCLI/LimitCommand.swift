import ArgumentParser
import JobsClient

struct LimitCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Limits how many jobs of a type run or start, and prints the type.",
        discussion: """
            The limits hold over all instances of the service. A limit that is not given stays as it is; \
            none takes it away.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The type.")
    var type: String

    @Option(help: "The maximum number of jobs that run at a time, or none.")
    var maxRunning: LimitArgument?

    @Option(help: "The maximum number of jobs of one group that run at a time, or none.")
    var maxRunningPerGroup: LimitArgument?

    @Option(help: "The maximum number of jobs that start within --period, or none.")
    var maxStarts: LimitArgument?

    @Option(help: "The time of --max-starts: \(TimeArgument.help).")
    var period: TimeArgument?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard maxRunning != nil || maxRunningPerGroup != nil || maxStarts != nil else {
            throw ValidationError("Give a limit, such as --max-running 5 or --max-running none")
        }
        guard (maxStarts?.number != nil) == (period != nil) else {
            throw ValidationError("A number of --max-starts needs a --period, and only that does")
        }
    }

    func run(_ client: any JobsClient) async throws {
        JobOutput(service).show(try await client.set(type: type, change))
    }

    var change: TypeChange {
        var change = TypeChange()
        if let maxRunning { change.maxRunning = maxRunning.setting }
        if let maxRunningPerGroup { change.maxRunningPerGroup = maxRunningPerGroup.setting }
        if let maxStarts {
            change.maxStarts =
                if let count = maxStarts.number, let period {
                    .set(StartRate(count: count, period: period.duration.milliseconds))
                } else {
                    .remove
                }
        }
        return change
    }
}

/// A limit: a number of at least 1, or `none`.
struct LimitArgument: ExpressibleByArgument {
    /// `nil` for no limit.
    let number: Int?

    init?(argument: String) {
        number = Int(argument)
        guard argument == "none" || number.map({ $0 >= 1 }) ?? false else { return nil }
    }

    var setting: TypeChange.Setting<Int> { number.map { .set($0) } ?? .remove }
}
