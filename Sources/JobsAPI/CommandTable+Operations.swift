import JSON
import Jobs
import JobsEngine

/// The bulk operations.
extension Command {
    static let operationCommands: [Command] = [
        startOperation, getOperations, getOperation, cancelOperation, getAudit,
    ]

    static let startOperation = Command(
        name: "start_operation",
        summary: """
            Replays, cancels, completes or deletes all jobs that match a filter, as work of the service.
            """,
        scope: .operate, arguments: operation, answers: [.operation], reach: .filter,
        graceWithoutClient: .seconds(1)
    ) { arguments in
        let request = try OperationRequest(arguments)
        return { caller in
            if caller.types != nil, request.filter.type == nil {
                throw CommandFailure.typeForbidden("filter.type")
            }
            if request.action == .delete, let refusal = caller.deletionRefusal { throw refusal }
            return .operation(try await caller.jobs.start(request, by: caller.name))
        }
    }

    static let getOperations = Command(
        name: "get_operations", summary: "Lists the operations of the last week, the newest first.",
        scope: .read,
        arguments: [
            .optional(
                "state", .choice(BulkOperation.State.allCases.map(\.rawValue)),
                Argument.Note("Only operations in this state.")),
            maximum(OperationQuery.maximumCount), behind,
        ],
        answers: [.operations], reach: nil, graceWithoutClient: .seconds(1)
    ) { arguments in
        var query = OperationQuery(
            state: arguments["state"]?.string.flatMap { BulkOperation.State(rawValue: $0) },
            after: arguments["after"]?.string)
        if let max = arguments["max"]?.integer { query.max = Int(max) }
        return { [query] caller in
            .operations(try await caller.jobs.operations(query) { caller.mayUse($0.filter.type) })
        }
    }

    static let getOperation = Command(
        name: "get_operation", summary: "Returns an operation.", scope: .read,
        arguments: [operationID], answers: [.operation, .nothing], reach: nil, isAboutOneJob: true
    ) { arguments in
        let id = arguments.string("operation_id")
        return { caller in
            try await caller.jobs.operation(id) { caller.mayUse($0.filter.type) }
                .map(Result.operation) ?? .nothing
        }
    }

    static let cancelOperation = Command(
        name: "cancel_operation",
        summary: "Cancels an operation. The jobs that were treated stay as they are.",
        scope: .operate, arguments: [operationID], answers: [.operation, .nothing], reach: nil,
        isAboutOneJob: true
    ) { arguments in
        let id = arguments.string("operation_id")
        return { caller in
            try await caller.jobs.cancelOperation(id, by: caller.name) {
                caller.mayUse($0.filter.type)
            }.map(Result.operation) ?? .nothing
        }
    }

    static let getAudit = Command(
        name: "get_audit",
        summary: "Lists what operators and administrators did, the newest first.",
        scope: .read,
        arguments: [
            .optional(
                "type", .text(upTo: Job.maximumTypeBytes),
                Argument.Note("Only what concerns jobs of this type.", example: "mail")),
            .optional("from", .date, Argument.Note("Only what was done at this date or later.")),
            .optional("to", .date, Argument.Note("Only what was done at this date or earlier.")),
            maximum(AuditQuery.maximumCount), behind,
        ],
        answers: [.audit], reach: .visible("type"), graceWithoutClient: .seconds(1)
    ) { arguments in
        var query = AuditQuery(
            type: arguments["type"]?.string, from: arguments["from"]?.date,
            to: arguments["to"]?.date, after: arguments["after"]?.string)
        if let max = arguments["max"]?.integer { query.max = Int(max) }
        return { [query] caller in
            .audit(try await caller.jobs.audit(query) { caller.mayUse($0.type) })
        }
    }

    private static let operationID = Argument.required(
        "operation_id", .string,
        Argument.Note("The id of the operation.", example: "01a20c9e329d7346bfc5087a31cac110"))

    private static func maximum(_ limit: Int) -> Argument {
        .optional(
            "max", .integer(1...Int64(limit)),
            Argument.Note("The maximum number to return. Default: 100.", example: 20))
    }

    private static let behind = Argument.optional(
        "after", .string,
        Argument.Note("The id of the last one of the page before. Default: the newest."))

    private static let operation: [Argument] = [
        .required(
            "action", .choice(BulkOperation.Action.allCases.map(\.rawValue)),
            Argument.Note("What is done to each job. delete needs jobs:admin.", example: "replay")),
        .required(
            "filter", .filter(isStrict: true),
            Argument.Note(
                """
                Selects the jobs that match all keys, at least one. Unknown keys and values that cannot be \
                read are refused.
                """, example: ["type": "mail", "state": "failed"])),
        .optional(
            "before", .date,
            Argument.Note(
                """
                Only jobs that were created at this date or earlier. Default, and for later dates: now, so \
                that jobs that come later are not touched.
                """)),
        .optional(
            "dry_run", .boolean,
            Argument.Note("Whether to only count the jobs, at once. Default: false.")),
        .optional(
            "start_delay", .integer(0...BulkOperation.maximumStartDelay),
            Argument.Note(
                """
                Milliseconds during which no job is touched, so that it can still be cancelled without an \
                effect. Default: 0.
                """, example: 10_000)),
        .optional(
            "reason", .name(upTo: BulkOperation.maximumReasonLength),
            Argument.Note("Why, for people.", example: "The mail server is back.")),
        .optional(
            "delay", .integer(),
            Argument.Note("Of replayed jobs, as in replay_jobs. Not for other actions.")),
        .optional(
            "ttl", .integer(),
            Argument.Note("Of replayed jobs, as in replay_jobs. Not for other actions.")),
    ]
}

extension OperationRequest {
    /// - Throws: ``CommandFailure`` for arguments that do not belong to the action.
    fileprivate init(_ arguments: Arguments) throws {
        let action = BulkOperation.Action(rawValue: arguments.string("action")) ?? .cancel
        let extra = ["delay", "ttl"].filter { arguments[$0] != nil }
        guard action == .replay || extra.isEmpty else {
            throw CommandFailure.validation(
                extra.map { name in
                    Violation(
                        path: name, code: .unexpected, message: "\(name) is for the action replay",
                        expected: "nothing", actual: nil)
                })
        }
        self.init(
            action, JobFilter(arguments.object("filter")), before: arguments["before"]?.date,
            isDryRun: arguments["dry_run"]?.boolean ?? false,
            startDelay: arguments["start_delay"]?.integer ?? 0,
            reason: arguments["reason"]?.string,
            replay: Replay(delay: arguments.delay, ttl: arguments["ttl"]?.integer))
    }
}
