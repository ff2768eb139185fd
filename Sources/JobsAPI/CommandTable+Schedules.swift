import JSON
import Jobs
import JobsEngine

/// The operations on schedules.
extension Command {
    static let scheduleCommands: [Command] = [
        setSchedule, getSchedules, runSchedule, deleteSchedule,
    ]

    private static let scheduleID = Argument.required(
        "id", .key(upTo: Schedule.maximumIDLength),
        Argument.Note("The id of the schedule.", example: "nightly-report"))

    /// The fields of a schedule that callers set. All but two have defaults.
    private static let schedule: [Argument] =
        [scheduleID]
        + Schedule.settableFields.map { Argument($0) }.filter { $0.name != "id" }.map { argument in
            switch argument.name {
            case "new_job":
                .required(
                    "new_job", .object(newJob.filter { $0.name != "request_id" }), argument.note)
            case "cron":
                .optional(
                    "cron", argument.type, Argument.Note(argument.note.text, example: "0 3 * * *"))
            default: .optional(argument.name, argument.type, argument.note)
            }
        }

    static let setSchedule = Command(
        name: "set_schedule",
        summary: "Sets a schedule, in place of the one with the same id.",
        scope: .operate, arguments: schedule, needsOneOf: ["cron", "every"], excludesOthers: true,
        answers: [.schedule], reach: nil, isAboutOneJob: true, graceWithoutClient: .zero
    ) { arguments in
        let schedule = try Schedule(arguments)
        return { caller in
            try caller.require(schedule.newJob.type, at: "new_job.type")
            return .schedule(
                try await caller.jobs.setSchedule(schedule) { old in
                    guard caller.mayUse(old.newJob.type) else {
                        throw CommandFailure.typeForbidden("id")
                    }
                })
        }
    }

    static let getSchedules = Command(
        name: "get_schedules", summary: "Lists the schedules in the order of their ids, in pages.",
        scope: .read,
        arguments: [
            .optional(
                "id", .name(upTo: Schedule.maximumIDLength),
                Argument.Note("Only the schedule with this id.")),
            .optional(
                "paging", .object(paging),
                Argument.Note("The part of the schedules to return, in the order of their ids.")),
        ],
        answers: [.schedulePage], reach: nil, graceWithoutClient: .seconds(1)
    ) { arguments in
        let id = arguments["id"]?.string
        let paging = arguments.object("paging").paging
        return { caller in
            guard let id else {
                return .schedules(
                    try await caller.jobs.schedules(paging) { caller.mayUse($0.newJob.type) })
            }
            let found = try await caller.jobs.schedule(id)
            let visible = [found].compactMap(\.self).filter { caller.mayUse($0.newJob.type) }
            return .schedules(
                SchedulePage(
                    schedules: visible, total: paging.wantsTotal ? visible.count : nil))
        }
    }

    static let deleteSchedule = Command(
        name: "delete_schedule", summary: "Deletes a schedule. Its jobs stay.",
        scope: .operate, arguments: [scheduleID], answers: [.schedule, .nothing], reach: nil,
        isAboutOneJob: true,
        graceWithoutClient: .zero
    ) { arguments in
        let id = arguments.string("id")
        return { caller in
            try await caller.jobs.deleteSchedule(id) { caller.mayUse($0.newJob.type) }
                .map(Result.schedule) ?? .nothing
        }
    }

    static let runSchedule = Command(
        name: "run_schedule",
        summary: "Adds the job of a schedule at once, also if the schedule is paused.",
        scope: .operate, arguments: [scheduleID], answers: [.job, .nothing], reach: nil,
        isAboutOneJob: true,
        graceWithoutClient: .zero
    ) { arguments in
        let id = arguments.string("id")
        return { caller in
            try await caller.jobs.runSchedule(id) { caller.mayUse($0.newJob.type) }
                .map { .job($0) } ?? .nothing
        }
    }
}

extension Schedule {
    /// - Throws: ``CommandFailure`` for a job with an id of a request: each firing is one of its
    ///   own.
    fileprivate init(_ arguments: Arguments) throws {
        let job = arguments.object("new_job")
        guard job["request_id"] == nil,
            !arguments.ignored.unknown.paths.contains("new_job.request_id")
        else {
            throw CommandFailure.validation([
                Violation(
                    path: "new_job.request_id", code: .unexpected,
                    message: "new_job.request_id is not for schedules", expected: "nothing",
                    actual: nil)
            ])
        }
        self.init(id: "", newJob: job.newJob)
        arguments.read(Self.settableFields.filter { $0.name != "new_job" }, into: &self)
    }
}
