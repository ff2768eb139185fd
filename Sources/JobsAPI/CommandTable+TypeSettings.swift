import JSON
import Jobs
import JobsEngine

/// The operations that change the settings of types of jobs.
extension Command {
    static let settingCommands: [Command] = [pauseType, resumeType, setType]

    static let pauseType = changeOfType(
        "pause_type",
        "Pauses a type: claims by type find nothing, on all instances, until it is resumed.",
        [
            settledType,
            .optional(
                "reason", .name(upTo: TypePause.maximumReasonLength),
                Argument.Note("Why, for people.", example: "The mail server is down.")),
            .optional(
                "until", .date,
                Argument.Note("When the pause ends by itself. Default: when it is resumed.")),
        ]
    ) { arguments, jobs in
        try await jobs.pause(
            arguments.string("type"), reason: arguments["reason"]?.string,
            until: arguments["until"]?.date)
    }

    static let resumeType = changeOfType(
        "resume_type", "Ends the pause of a type, or of all types.", [settledType]
    ) { arguments, jobs in
        try await jobs.resume(arguments.string("type"))
    }

    static let setType = changeOfType(
        "set_type", "Sets the limits, the retry policy and the retention of a type.",
        [type]
            + TypeSettings.settableFields.map { field in
                let argument = Argument(field)
                return .optional(
                    argument.name, argument.type,
                    Argument.Note(
                        "\(field.note) Null takes it away; without it, nothing changes.",
                        example: field.name == "max_running" ? 5 : nil))
            }
    ) { arguments, jobs in
        try await jobs.set(arguments.string("type"), arguments.typeChange)
    }

    private static let settledType = Argument.required(
        "type", .text(upTo: Job.maximumTypeBytes),
        Argument.Note("The type; * for all types.", example: "mail"))

    /// An operation that changes the settings of a type and answers how the type is then.
    private static func changeOfType(
        _ name: String, _ summary: String, _ arguments: [Argument],
        _ change: @escaping @Sendable (Arguments, JobsController) async throws -> Void
    ) -> Command {
        Command(
            name: name, summary: summary, scope: .operate, arguments: arguments,
            answers: [.type], reach: .type("type")
        ) { arguments in
            let type = arguments.string("type")
            return { caller in
                // All types are more than the caller may use, whatever its types are called.
                guard caller.types == nil || type != TypePause.allTypes else {
                    throw CommandFailure.limited
                }
                try await change(arguments, caller.jobs)
                return .type(try await caller.jobs.status(of: type))
            }
        }
    }
}

extension Arguments {
    /// The members that say how to change settings: null takes a setting away.
    fileprivate var typeChange: TypeChange {
        var given = TypeSettings()
        read(TypeSettings.settableFields, into: &given)
        var change = TypeChange()
        change.maxRunning = setting("max_running", given.maxRunning)
        change.maxRunningPerGroup = setting("max_running_per_group", given.maxRunningPerGroup)
        change.maxStarts = setting("max_starts", given.maxStarts)
        change.retry = setting("retry", given.retry)
        change.retention = setting("retention", given.retention)
        return change
    }

    private func setting<Value>(_ name: String, _ value: Value?) -> TypeChange.Setting<Value> {
        isNull(name) ? .remove : value.map { .set($0) } ?? .keep
    }
}
