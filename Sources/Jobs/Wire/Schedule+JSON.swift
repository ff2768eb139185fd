package import JSON

// A schedule, as the wire and the records have it.

extension NewJob: WireObject {
    init() { self.init(type: "", refID: "") }
}

extension Schedule.Overlap: WireProperty {}
extension Schedule.CatchUp: WireProperty {}

extension Schedule: WireObject {
    init() { self.init(id: "", newJob: NewJob()) }

    /// The members of a record.
    package static let fields: [WireField<Schedule>] =
        shownFields + [
            .required("since", \.since), .required("passed", \.passed),
        ]

    /// The members of a schedule in answers.
    package static let shownFields: [WireField<Schedule>] =
        settableFields + [
            .optional("next", \.next, note: "The next firing. Missing where there is none."),
            .optional("last", \.last, note: "The time of the last firing that added a job."),
            .optional(
                "last_job_id", \.lastJobID,
                note: "The job that was added last, by a firing or by run_schedule."),
        ]

    /// The members that `set_schedule` sets.
    package static let settableFields: [WireField<Schedule>] = [
        .required("id", \.id, .name(upTo: maximumIDLength), note: "The id of the schedule."),
        .optional(
            "cron", \.cron, .name(upTo: maximumCronLength),
            note: """
                When it fires: minute, hour, day of month, month and day of week, or a name such as \
                @hourly.
                """),
        .optional(
            "every", \.every, .integer(shortestPeriod ... .max),
            note: "The milliseconds between two firings, counted from when this was set."),
        .required(
            "time_zone", \.timeZone, .name(upTo: maximumTimeZoneLength),
            note: "The time zone of cron, of the IANA database. Default: UTC."),
        .required("new_job", \.newJob, note: "The job that each firing adds."),
        .required(
            "overlap", \.overlap,
            note: """
                Whether it fires while its last job is delayed, ready or running: allow or skip. \
                Default: allow.
                """),
        .required(
            "catch_up", \.catchUp,
            note: """
                What happens to firings that were missed while no instance ran: one job for all of \
                them (one), none, or one for each (all, 100 at most). Default: one.
                """),
        .optional(
            "paused", \.isPaused, unset: false,
            note: "Whether it does not fire. Firings that are missed meanwhile are not caught up."),
        .optional("until", \.until, note: "The schedule does not fire from then on."),
    ]

    /// Reads the value of a record.
    ///
    /// - Returns: `nil` if it is not the schedule of this id.
    package init?(_ value: JSONText, id: String) {
        guard let json = value.value(recordedDepth: 4), json.kind == .object else { return nil }
        self.init(json)
        let dates = [json["since"]?.date, json["passed"]?.date]
        guard self.id.utf8.elementsEqual(id.utf8), !dates.contains(nil),
            json["new_job"]?.kind == .object, cron != nil || every != nil
        else { return nil }
    }

    /// The value of a record, without what is only shown.
    package var json: JSONText {
        var stored = self
        stored.next = nil
        return stored.objectText
    }
}

extension JSONWriter {
    /// A schedule as callers see it.
    package mutating func schedule(_ schedule: Schedule) {
        beginObject()
        members(Schedule.shownFields, of: schedule)
        endObject()
    }
}

extension Schedule {
    /// Reads a schedule of an answer.
    ///
    /// - Returns: `nil` if the JSON is not that of a schedule.
    package init?(answer json: JSONValue) {
        guard json.kind == .object, json["id"]?.kind == .string,
            json["new_job"]?.kind == .object
        else { return nil }
        self.init(json)
    }

    /// The members of the schedule that a caller sets.
    package static func members(of schedule: Schedule, in json: inout JSONWriter) {
        json.members(settableFields, of: schedule)
    }
}
