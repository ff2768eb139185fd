public import JSON
public import Jobs

extension Job {
    /// A ready job of which a test shows only what matters to it. Times are in ms from ``noon``.
    public static func sample(
        id: String = "0190b5a1c2d37e4f8a9b0c1d2e3f4a5b", type: String = "mail",
        refID: String = "ref", params: JSONText? = nil, created: Int64 = 0, started: Int64? = nil,
        lockedUntil: Int64? = nil, executeUntil: Int64? = nil, completed: Int64? = nil,
        retries: Int = 0, priority: Int = 0, delayedUntil: Int64? = nil
    ) -> Job {
        Job(
            id: JobID(id), type: type, refID: refID, params: params, created: .noon(created),
            started: started.map(Timestamp.noon), lockedUntil: lockedUntil.map(Timestamp.noon),
            executeUntil: executeUntil.map(Timestamp.noon),
            completed: completed.map(Timestamp.noon), retries: retries, priority: priority,
            delayedUntil: delayedUntil.map(Timestamp.noon))
    }

    /// A job started at noon whose lease ends a second later.
    public static func running(executeUntil: Int64? = nil, retries: Int = 1) -> Job {
        .sample(
            created: -5000, started: 0, lockedUntil: 1000, executeUntil: executeUntil,
            retries: retries)
    }

    public static func completed(executeUntil: Int64? = nil) -> Job {
        .sample(created: -5000, executeUntil: executeUntil, completed: -1000, retries: 1)
    }
}

extension Timestamp {
    /// `milliseconds` after 2026-11-24T12:00:00Z.
    public static func noon(_ milliseconds: Int64 = 0) -> Timestamp {
        Timestamp(milliseconds: 1_795_521_600_000 + milliseconds)
    }
}
