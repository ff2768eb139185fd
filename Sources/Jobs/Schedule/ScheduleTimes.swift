/// The times at which a schedule fires, if it is neither paused nor at its end.
package struct ScheduleTimes: Sendable {
    private enum Rule {
        case cron(CronExpression)
        case every(Int64, since: Timestamp)
    }

    private let rule: Rule
    private let place: any LocalTime

    /// The times of a schedule.
    ///
    /// - Parameter place: The local time of its time zone; `nil` if there is no such zone.
    /// - Throws: ``ScheduleMistake`` if the schedule says nothing about its times that can be read.
    package init(_ schedule: Schedule, in place: (any LocalTime)?) throws(ScheduleMistake) {
        guard let place else {
            throw ScheduleMistake(
                field: "time_zone",
                message: "is not a time zone of the IANA database, such as Europe/Berlin")
        }
        self.place = place
        switch (schedule.cron, schedule.every) {
        case (let text?, nil):
            do {
                rule = .cron(try CronExpression(text))
            } catch {
                throw ScheduleMistake(field: "cron", message: "cannot be used: \(error)")
            }
        case (nil, let period?):
            guard period >= Schedule.shortestPeriod else {
                throw ScheduleMistake(
                    field: "every",
                    message: "must be at least \(Schedule.shortestPeriod) milliseconds")
            }
            rule = .every(period, since: schedule.since)
        case (nil, nil):
            throw ScheduleMistake(field: "cron", message: "or every must be set")
        case (.some, .some):
            throw ScheduleMistake(field: "cron", message: "and every exclude each other")
        }
    }

    /// Returns the first time after another; `nil` if there is none before the year 9999.
    package func next(after time: Timestamp) -> Timestamp? {
        switch rule {
        case .cron(let expression): return expression.next(after: time, in: place)
        case .every(let period, let since):
            let count = max(0, time.milliseconds(since: since) / period).addingClamped(1)
            let next = since.advanced(by: count.multipliedClamped(by: period))
            return next < .max ? next : nil
        }
    }

    /// Returns the last times after one and up to another, in ascending order.
    ///
    /// The cost does not grow with the time between them: the search goes back in steps that become
    /// larger, until there are enough times.
    ///
    /// - Parameter limit: The number of times that are enough.
    package func last(_ limit: Int, after start: Timestamp, upTo end: Timestamp) -> [Timestamp] {
        guard let first = next(after: start), first <= end else { return [] }
        var reach: Int64 = 60_000
        while true {
            let from = max(start, end.advanced(by: -reach))
            var found: [Timestamp] = []
            var time = from
            while let next = next(after: time), next <= end {
                found.append(next)
                time = next
            }
            guard found.count < limit, from > start else { return found.suffix(limit) }
            reach = reach.multipliedClamped(by: 2)
        }
    }
}

/// Why a schedule cannot be used, for the caller that wrote it.
package struct ScheduleMistake: Error, Equatable, CustomStringConvertible {
    /// The name of the field on the wire.
    package let field: String
    /// The mistake, worded to follow the name of the field.
    package let message: String

    package var description: String { "\(field) \(message)" }
}
