extension Claim {
    /// Creates a claim that serves several callers at once.
    ///
    /// - Parameter workers: The names of the workers, one for each job, in the order in which the
    ///   workers get jobs; `nil` for a worker without a name.
    package init(type: String, timeout: Int64, maxRetries: Int?, workers: [String?]) {
        let first = workers.first ?? nil
        self.init(
            type: type, timeout: timeout, maxRetries: maxRetries, limit: workers.count,
            worker: first)
        if workers.contains(where: { $0 != first }) { self.workers = workers }
    }

    /// The claim of the workers that have got no job yet.
    package func rest(after started: [StartedJob]) -> Claim {
        guard !workers.isEmpty else { return self }
        var served: [String?: Int] = [:]
        for job in started { served[job.job.worker, default: 0] += 1 }
        let rest = workers.filter { worker in
            guard let count = served[worker], count > 0 else { return true }
            served[worker] = count - 1
            return false
        }
        return Claim(type: type, timeout: timeout, maxRetries: maxRetries, workers: rest)
    }

    /// The name of the worker that a job is for.
    ///
    /// - Parameter index: The number of jobs that were started before it.
    package func worker(at index: Int) -> String? {
        workers.indices.contains(index) ? workers[index] : worker
    }
}

/// Jobs that were started for several callers, each with the name of the worker that it is for.
package struct SharedJobs {
    private var jobs: [String?: ArraySlice<StartedJob>]
    private var count: Int
    /// Whether every job was taken.
    package var isEmpty: Bool { count == 0 }

    package init(_ started: [StartedJob]) {
        count = started.count
        // Most workers have no name.
        let isPlain = started.allSatisfy { $0.job.worker == nil }
        jobs =
            isPlain
            ? [nil: started[...]]
            : Dictionary(grouping: started, by: \.job.worker).mapValues { $0[...] }
    }

    /// Takes the first jobs that are for a worker.
    package mutating func take(_ limit: Int, for worker: String?) -> [StartedJob] {
        guard limit > 0, let own = jobs[worker], !own.isEmpty else { return [] }
        let taken = own.prefix(limit)
        jobs[worker] = own.dropFirst(limit)
        count -= taken.count
        return Array(taken)
    }

    /// The jobs that no worker has taken.
    package var left: [StartedJob] { jobs.values.flatMap(\.self) }
}
