import ArgumentParser
import JobsClient

/// Schedules as text for people.
enum ScheduleTable {
    static func rows(of schedules: [Schedule], _ moments: Moments = .exact) -> [[String]] {
        [["ID", "WHEN", "TIME_ZONE", "TYPE", "REF_ID", "STATE", "NEXT", "LAST"]]
            + schedules.map { schedule in
                [
                    schedule.id.printable, when(schedule).printable, schedule.timeZone.printable,
                    schedule.newJob.type.printable, schedule.newJob.refID.printable,
                    state(schedule), moments.text(schedule.next), moments.text(schedule.last),
                ]
            }
    }

    private static func when(_ schedule: Schedule) -> String {
        schedule.cron ?? schedule.every.map { "every \(AttemptTable.text(milliseconds: $0))" }
            ?? "-"
    }

    private static func state(_ schedule: Schedule) -> String {
        if schedule.isPaused { return "paused" }
        return schedule.next == nil ? "over" : "active"
    }
}

/// A name from a list of known ones.
struct Choice<Value: KnownName>: ExpressibleByArgument {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    init?(argument: String) {
        guard let value = Value(rawValue: argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { value.rawValue }
}

extension KnownName {
    /// The names for a help text.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
