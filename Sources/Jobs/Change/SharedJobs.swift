/// Jobs that were started for several callers.
package struct SharedJobs {
    /// The jobs of callers without a request, by the name of the worker.
    private var jobs: [String?: ArraySlice<StartedJob>]
    /// The jobs of each request, which all its callers get.
    private let requested: [ExactText: [StartedJob]]
    private var count: Int
    /// Whether every job without a request was taken.
    package var isEmpty: Bool { count == 0 }

    package init(_ started: [StartedJob]) {
        // Most workers have no name, and most claims no request.
        let isPlain = started.allSatisfy { $0.job.worker == nil && $0.job.claimRequest == nil }
        guard !isPlain else {
            count = started.count
            jobs = [nil: started[...]]
            requested = [:]
            return
        }
        let others = started.filter { $0.job.claimRequest == nil }
        count = others.count
        jobs = Dictionary(grouping: others, by: \.job.worker).mapValues { $0[...] }
        requested = started.byRequest
    }

    /// Takes the first jobs that are for a worker.
    package mutating func take(_ limit: Int, for worker: String?) -> [StartedJob] {
        guard limit > 0, let own = jobs[worker], !own.isEmpty else { return [] }
        let taken = own.prefix(limit)
        jobs[worker] = own.dropFirst(limit)
        count -= taken.count
        return Array(taken)
    }

    /// Returns the jobs for the callers of one claim.
    package mutating func deal(to callers: [ClaimCaller]) -> [StartedJob] {
        var given: Set<ExactText> = []
        return callers.flatMap { caller in
            guard let id = caller.request?.id else { return take(1, for: caller.worker) }
            return given.insert(id).inserted ? jobs(of: id) : []
        }
    }

    /// Returns the jobs of a request, in the order in which it got them.
    package func jobs(of request: ExactText) -> [StartedJob] { requested[request] ?? [] }

    /// The jobs without a request that no worker has taken.
    package var left: [StartedJob] { jobs.values.flatMap(\.self) }
}

extension [StartedJob] {
    /// The jobs that were started for requests, by these, in the order in which they got them.
    package var byRequest: [ExactText: [StartedJob]] {
        var requested: [ExactText: [StartedJob]] = [:]
        for started in self {
            if let id = started.job.claimRequest?.id { requested[id, default: []].append(started) }
        }
        for (id, jobs) in requested where jobs.count > 1 { requested[id] = jobs.inOrder }
        return requested
    }

    /// The jobs of one request in the order in which it got them.
    package var inOrder: [StartedJob] {
        sorted { ($0.job.claimRequest?.slot ?? 0) < ($1.job.claimRequest?.slot ?? 0) }
    }
}
