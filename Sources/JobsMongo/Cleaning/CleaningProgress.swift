import Jobs

/// How far the cleanings of this process have got, if types have retentions of their own.
///
/// The indexes of ended jobs do not have the types. So a cleaning reads the jobs of other types
/// that are kept longer, and only the ones that ended since the cleaning before.
struct CleaningProgress {
    private var rules: Cleaning?
    private var last = Timestamp.min
    /// When a cleaning last looked at jobs of any age.
    private var full = Timestamp.min

    /// The time between two cleanings that look at jobs of any age, in milliseconds.
    static let fullInterval: Int64 = 3_600_000
    /// How much later, in milliseconds, the end of a job may be recorded.
    static let slack: Int64 = 300_000

    /// Begins a cleaning.
    ///
    /// - Returns: The time of an earlier cleaning whose removed jobs are not looked for again.
    mutating func begin(_ cleaning: Cleaning, at now: Timestamp) -> Timestamp {
        guard !cleaning.typeRetentions.isEmpty, cleaning == rules,
            full.advanced(by: Self.fullInterval) > now, full <= now
        else {
            rules = nil
            full = now
            return .min
        }
        return last.advanced(by: -Self.slack)
    }

    /// Notes that a cleaning has removed all that it had to.
    mutating func end(_ cleaning: Cleaning, at now: Timestamp) {
        rules = cleaning
        last = now
    }
}

extension Cleaning {
    /// The retentions of the types, each with the types that have it.
    var passes: [(retention: Retention, types: EndedJobs.Types, isForTypes: Bool)] {
        var others: [Retention: [ExactText]] = [:]
        for (type, own) in typeRetentions {
            let retention = retention.applying(own)
            if retention != self.retention { others[retention, default: []].append(type) }
        }
        guard !others.isEmpty else { return [(retention, .all, false)] }
        return [(retention, .allBut(others.values.flatMap(\.self)), true)]
            + others.map { ($0.key, .only($0.value), true) }
    }
}
