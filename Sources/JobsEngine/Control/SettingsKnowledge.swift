import Jobs

/// The known settings of types and their age: a plain value that decides when to
/// read them again. ``SettingsCache`` reads.
///
/// The age counts from the start of the read. So a setting holds in every process one
/// ``validity`` after it was written, if claims use only settings that are still valid.
struct SettingsKnowledge {
    typealias Instant = ContinuousClock.Instant

    /// The age at which settings are read again in the background.
    static let renewal = Duration.milliseconds(500)
    /// The age up to which claims use settings.
    static let validity = Duration.seconds(1)

    enum Step: Equatable {
        case use
        /// They can be used, and are to be read again.
        case useAndRead
        /// They have to be read first.
        case read
    }

    /// The settings; `nil` if no type has some, or before the first read.
    private(set) var settings: KnownSettings?
    /// When the last read began; `nil` before the first one.
    private var readAt: Instant?
    /// The last record of each type that this process wrote after the last read began, with the
    /// time of the answer.
    private var written: [ExactText: (record: Record, at: Instant)] = [:]
    private var records: [ExactText: Record] = [:]
    private let isShared: Bool

    /// - Parameter isShared: Whether other processes may change the settings. If not, they are read
    ///   once.
    init(isShared: Bool) {
        self.isShared = isShared
    }

    /// Returns what a call does that needs the settings at `now`.
    ///
    /// - Parameter arrival: When the call began to wait for the settings. It uses those of a read
    ///   that began later, however long that read took, since another one may take as long.
    func step(at now: Instant, since arrival: Instant) -> Step {
        guard let readAt else { return .read }
        guard isShared else { return .use }
        let age = readAt.duration(to: now)
        if age <= Self.renewal { return .use }
        if age <= Self.validity { return .useAndRead }
        return readAt >= arrival ? .useAndRead : .read
    }

    /// Takes the records that a read has found.
    ///
    /// - Parameter start: When the read began.
    /// - Returns: The types whose settings have changed.
    mutating func take(_ found: [Record], readAt start: Instant) -> Set<ExactText> {
        // The read may have missed what was written while it ran.
        written = written.filter { $0.value.at >= start }
        readAt = start
        var records: [ExactText: Record] = [:]
        for record in found + written.values.map(\.record) {
            let key = ExactText(record.key)
            if let other = records[key], other.version >= record.version { continue }
            records[key] = record
        }
        return replace(records)
    }

    /// Takes a record that this process has written.
    ///
    /// - Returns: The types whose settings have changed.
    mutating func take(written record: Record, at now: Instant) -> Set<ExactText> {
        let key = ExactText(record.key)
        if let other = records[key], other.version >= record.version { return [] }
        written[key] = (record, now)
        var records = records
        records[key] = record
        return replace(records)
    }

    private mutating func replace(_ records: [ExactText: Record]) -> Set<ExactText> {
        // The usual case of a read: nothing has changed, and nothing is parsed.
        guard records != self.records else { return [] }
        self.records = records
        let before = settings?.types ?? [:]
        settings = KnownSettings(records.mapValues { TypeSettings($0.value).sound })
        let after = settings?.types ?? [:]
        let types = Set(before.keys).union(after.keys)
        return types.filter { before[$0] != after[$0] }
    }
}
