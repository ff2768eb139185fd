import Jobs

extension JobFilter {
    /// The message for a client whose list took too long, with a hint on how to change the filter.
    func reasonOfSlowness(_ limit: Duration) -> String {
        let (good, bad) = indexUse
        let indexed =
            "id, type, ref_id, error_key, created, execute_until, completed and the states failed, "
            + "cancelled, running, delayed and expired"
        let hint =
            switch (good.isEmpty, bad.isEmpty) {
            case (true, true): "it has no filter; there are indexes for \(indexed)"
            case (true, false):
                "no index helps to find by \(bad.joined(separator: ", ")), add a condition on one of "
                    + indexed
            case (false, true):
                "there is an index for \(good.joined(separator: ", ")), but it finds too many jobs"
            case (false, false):
                "there is an index for \(good.joined(separator: ", ")), which finds too many jobs, and "
                    + "none for \(bad.joined(separator: ", "))"
            }
        return "The list took longer than \(limit.wholeMilliseconds) ms: \(hint)"
    }

    /// The index for a list by the key of an error; `nil` if the filter has none, or finds few
    /// jobs.
    var listHint: JobIndexes.Index? {
        guard errorKey != nil, id == nil, ids == nil, refID == nil else { return nil }
        return JobIndexes.errorKey
    }

    /// The index for the total of such a list, in any order.
    var countHint: JobIndexes.Index? {
        listHint.map { type == nil ? $0 : JobIndexes.errorGroups }
    }

    /// The keys of the filter with an index, and those without one.
    private var indexUse: (good: [String], bad: [String]) {
        let states = wantedStates ?? []
        let ofLapsed = states == [.ready] && findsLapsed
        let isIndexed =
            ofLapsed
            || states.isSubset(of: [.failed, .cancelled, .running, .delayed, .expired])
        let good: [(String, Bool)] = [
            ("id", id != nil || ids != nil), ("type", type != nil), ("ref_id", refID != nil),
            ("error_key", errorKey != nil),
            ("created", !created.isEmpty), ("execute_until", !executeUntil.isEmpty),
            ("completed", !completed.isEmpty),
            ("state", wantedStates != nil && isIndexed),
        ]
        let bad: [(String, Bool)] = [
            ("started", !started.isEmpty), ("locked_until", findsLapsed && !ofLapsed),
            ("retries", retries != nil), ("min_retries", minRetries != nil),
            ("state", !isIndexed), ("worker", worker != nil), ("group", group != nil),
            ("error_type", errorType != nil),
        ]
        return (good.filter(\.1).map(\.0), bad.filter(\.1).map(\.0))
    }
}
