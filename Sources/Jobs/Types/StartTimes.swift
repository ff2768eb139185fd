/// The times of the last starts of a type, as far as a maximum number of starts needs them.
///
/// This is a plain value that stores keep beside the jobs, since a job forgets its starts. Starts
/// are counted at the end of their grain, never before they happened: a start may be counted for
/// longer than the period by up to one grain, so there are never more starts in a period than
/// allowed. The grain is a millisecond for at most 200 starts, else a two-hundredth of the period.
public struct StartTimes: Sendable, Equatable {
    /// Some starts at one moment.
    package struct Entry: Sendable, Equatable {
        /// The moment, in milliseconds since 1970.
        package var time: Int64
        /// The number of starts, at least 1.
        package var count: Int

        package init(time: Int64, count: Int) {
            self.time = time
            self.count = count
        }
    }

    /// The starts that are not forgotten, in ascending order of their times.
    package private(set) var entries: [Entry] = []

    /// The grain of the entries, in milliseconds.
    package private(set) var grain: Int64 = 1

    /// The maximum number of starts whose times are kept to the millisecond.
    package static let exactCount = 200

    package init() {}

    /// Creates a value from stored entries. Invalid entries are left out.
    package init(_ stored: [Entry], grain: Int64) {
        self.grain = max(grain, 1)
        entries = stored.filter { $0.count > 0 && $0.count <= StartRate.maximumCount }
            .sorted { $0.time < $1.time }
    }

    /// The number of further starts that the rate allows at `now`.
    package func room(_ rate: StartRate, at now: Timestamp) -> Int {
        let used = entries.reduce(0) { sum, entry in
            entry.isForgotten(rate, at: now) ? sum : sum + entry.count
        }
        return max(rate.count - used, 0)
    }

    /// Returns when there is room for a start, if there is none at `now`; `nil` if there is some.
    package func nextRoom(_ rate: StartRate, at now: Timestamp) -> Timestamp? {
        let counted = entries.filter { !$0.isForgotten(rate, at: now) }
        var surplus = counted.reduce(0) { $0 + $1.count } - rate.count
        guard surplus >= 0 else { return nil }
        for entry in counted {
            surplus -= entry.count
            if surplus < 0 { return entry.end(rate) }
        }
        return now
    }

    /// Counts starts at `now`, and drops those that are forgotten.
    package mutating func add(_ count: Int, _ rate: StartRate, at now: Timestamp) {
        guard count > 0 else { return }
        entries.removeAll { $0.isForgotten(rate, at: now) }
        // If the clock of the store has stepped back, starts in the future count from now on.
        grain = rate.count <= Self.exactCount ? 1 : max(rate.period / 200, 1)
        let time = time(of: now)
        for index in entries.indices where entries[index].time > time { entries[index].time = time }
        if entries.last?.time == time {
            entries[entries.count - 1].count += count
        } else {
            entries.append(Entry(time: time, count: count))
        }
    }

    /// Takes back a start, if it is still counted.
    ///
    /// - Parameter start: When the start was.
    /// - Returns: Whether it was counted.
    @discardableResult
    package mutating func takeBack(_ start: Timestamp) -> Bool {
        let time = time(of: start)
        guard let index = entries.firstIndex(where: { $0.time == time }) else { return false }
        entries[index].count -= 1
        if entries[index].count == 0 { entries.remove(at: index) }
        return true
    }

    private func time(of moment: Timestamp) -> Int64 {
        let time = moment.milliseconds
        let (rest, start) = (time % grain, time - time % grain)
        return rest <= 0 ? start : start.addingReportingOverflow(grain).partialValue
    }
}

extension StartTimes.Entry {
    fileprivate func end(_ rate: StartRate) -> Timestamp {
        Timestamp(milliseconds: time).advanced(by: rate.period)
    }

    fileprivate func isForgotten(_ rate: StartRate, at now: Timestamp) -> Bool {
        end(rate) <= now
    }
}
