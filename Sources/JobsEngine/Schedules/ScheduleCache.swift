import Jobs

/// The schedules as a runner knows them: a plain value.
///
/// They may be outdated. That does no harm, since each firing names the version of the record from
/// which it was computed.
struct ScheduleCache {
    struct Entry: Sendable {
        var version: Int64
        var schedule: Schedule
        var times: ScheduleTimes
        /// The first time that has not passed yet; `nil` if there is none.
        var next: Timestamp?
    }

    private var entries: [ExactText: Entry] = [:]
    /// The versions of records that cannot be read.
    private var unreadable: [ExactText: Int64] = [:]

    var count: Int { entries.count }

    /// Takes over all records.
    ///
    /// - Returns: The keys of records that cannot be read and were not known before.
    mutating func replace(with records: [Record]) -> [String] {
        let keys = Set(records.map { ExactText($0.key) })
        entries = entries.filter { keys.contains($0.key) }
        unreadable = unreadable.filter { keys.contains($0.key) }
        return records.filter { !set($0) }.map(\.key)
    }

    /// Takes over a record.
    ///
    /// - Returns: Whether it can be read, or is known as one that cannot.
    mutating func set(_ record: Record) -> Bool {
        let key = ExactText(record.key)
        if entries[key]?.version == record.version { return true }
        if unreadable[key] == record.version { return true }
        guard let schedule = Schedule(record.value, id: record.key),
            let times = try? schedule.times()
        else {
            entries[key] = nil
            unreadable[key] = record.version
            return false
        }
        unreadable[key] = nil
        entries[key] = Entry(
            version: record.version, schedule: schedule, times: times,
            next: schedule.next(after: schedule.passed, times))
        return true
    }

    mutating func remove(_ key: ExactText) {
        entries[key] = nil
        unreadable[key] = nil
    }

    /// The schedules whose next time has come.
    func due(at now: Timestamp) -> [Entry] {
        entries.values.filter { $0.next.map { $0 <= now } ?? false }
    }

    /// The next time of any schedule after now; `nil` if there is none.
    func next(after now: Timestamp) -> Timestamp? {
        entries.values.lazy.compactMap(\.next).filter { $0 > now }.min()
    }
}
