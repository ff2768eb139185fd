import ArgumentParser
import JobsClient

struct OperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations",
        abstract:
            "Replays, cancels, completes or deletes all jobs that match, as work of the service.",
        subcommands: [
            OperationsListCommand.self, OperationsStartCommand.self, OperationsShowCommand.self,
            OperationsCancelCommand.self,
        ], defaultSubcommand: OperationsListCommand.self)
}

struct OperationsStartCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts an operation and prints it.",
        discussion: """
            The service continues it after this command has ended. Jobs that are added later are not \
            touched.

            Examples:
              jobsctl operations start replay --type mail --state failed --dry-run
              jobsctl operations start cancel --type mail --start-delay 10s --reason 'wrong list'

            \(ExitCode.explanation)
            """)

    @Argument(help: "What is done to each job: \(BulkOperation.Action.names).")
    var action: Choice<BulkOperation.Action>

    @OptionGroup var filter: FilterArguments

    @Option(
        help: ArgumentHelp(
            "Only jobs that were created at this date or earlier. (default: now)",
            valueName: "date"))
    var before: DateArgument?

    @Flag(help: "Print how many jobs there are, and touch none.")
    var dryRun = false

    @Option(
        help: """
            How long no job is touched, so that the operation can still be cancelled without an effect, up \
            to 1h: \(TimeArgument.help).
            """)
    var startDelay: TimeArgument?

    @Option(help: "Why, for people.")
    var reason: String?

    @Option(help: "The time until replayed jobs can start: \(TimeArgument.help).")
    var delay: TimeArgument?

    @Option(
        help: """
            How long replayed jobs can be started from now: \(TimeArgument.help); 0 for no limit. Needed \
            for jobs that have expired. (default: as before)
            """)
    var ttl: TimeArgument?

    @Flag(help: "Wait until the operation has ended, and print it then.")
    var wait = false

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard try filter.filter() != JobFilter() else {
            throw ValidationError("Give a condition, such as --type mail or --state failed")
        }
        guard action.value == .replay || (delay == nil && ttl == nil) else {
            throw ValidationError("--delay and --ttl are for replay")
        }
        let limit = Duration.milliseconds(BulkOperation.maximumStartDelay)
        guard (startDelay?.duration ?? .zero) <= limit else {
            throw ValidationError("--start-delay is at most 1h")
        }
    }

    func run(_ client: any JobsClient) async throws {
        var operation = try await client.start(request())
        if wait, let id = operation.id, let ended = try await client.ended(operation: id) {
            operation = ended
        }
        JobOutput(service).show(operation)
    }

    func request() throws -> OperationRequest {
        OperationRequest(
            action.value, try filter.filter(), before: before?.date, isDryRun: dryRun,
            startDelay: startDelay?.duration.milliseconds ?? 0, reason: reason,
            replay: Replay(
                delay: delay?.duration.milliseconds, ttl: ttl?.duration.milliseconds))
    }
}

struct OperationsListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the operations of the last week, the newest first.",
        usage: "jobsctl operations list [<options>]",
        discussion: ExitCode.explanation)

    @Option(help: "Only operations in this state: \(BulkOperation.State.names).")
    var state: Choice<BulkOperation.State>?

    @Option(help: "The maximum number of operations, up to 1000.")
    var max = 20

    @Option(
        help: ArgumentHelp("Go on after the operation with this id.", valueName: "operation-id"))
    var after: String?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard 1...OperationQuery.maximumCount ~= max else {
            throw ValidationError("--max is 1 to 1000")
        }
    }

    func run(_ client: any JobsClient) async throws {
        JobOutput(service).show(
            try await client.operations(OperationQuery(state: state?.value, max: max, after: after))
        )
    }
}

struct OperationsShowCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints an operation.",
        usage: "jobsctl operations show <id> [<options>]", discussion: ExitCode.explanation)

    @Argument(help: "The id of the operation.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> BulkOperation? {
        try await client.operation(id)
    }
}

struct OperationsCancelCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancels an operation and prints it.",
        usage: "jobsctl operations cancel <id> [<options>]",
        discussion: """
            It ends with the batch of jobs that is under way. Jobs that were treated stay as they are.

            \(ExitCode.explanation)
            """)

    @Argument(help: "The id of the operation.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func answer(of client: any JobsClient) async throws -> BulkOperation? {
        try await client.cancelOperation(id)
    }
}

extension JobOutput {
    func show(_ operation: BulkOperation) {
        guard !json else { return write { $0.operation(operation) } }
        show(
            BulkOperation.shownFields.compactMap { field in
                field.value(operation).map { (field.name, "\($0)".printable) }
            })
    }

    func show(_ operations: [BulkOperation]) {
        guard !json else { return write { $0.operations(operations) } }
        show(Self.rows(of: operations))
    }

    /// The operations as a table for people.
    static func rows(of operations: [BulkOperation]) -> [[String]] {
        [["ID", "CREATED", "ACTION", "STATE", "DONE", "OF", "ERRORS", "BY", "FILTER"]]
            + operations.map { operation in
                let filter = JobFilter.fields.compactMap { field in
                    field.value(operation.filter).map { "\(field.name)=\($0)" }
                }
                return [
                    (operation.id ?? "-").printable, "\(operation.created)",
                    operation.action.rawValue, operation.state.rawValue, "\(operation.done)",
                    "\(operation.total)\(operation.isTotalAtLeast ? "+" : "")",
                    "\(operation.errors)", (operation.startedBy ?? "-").printable,
                    filter.joined(separator: " ").printable,
                ]
            }
    }
}
