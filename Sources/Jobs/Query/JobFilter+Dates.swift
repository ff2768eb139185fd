extension JobFilter {
    /// The conditions on dates, keyed by their names on the wire.
    package static let dates: [String: any WritableKeyPath<JobFilter, Timestamp?> & Sendable] = [
        "created": \.created.equal, "created_from": \.created.from, "created_to": \.created.to,
        "started": \.started.equal, "started_from": \.started.from, "started_to": \.started.to,
        "locked_until": \.lockedUntil.equal, "locked_from": \.lockedUntil.from,
        "locked_to": \.lockedUntil.to, "execute_until": \.executeUntil.equal,
        "execute_from": \.executeUntil.from, "execute_to": \.executeUntil.to,
        "completed": \.completed.equal, "completed_from": \.completed.from,
        "completed_to": \.completed.to,
    ]
}
