import JobsEngine

/// Reports the results of jobs to the service. Jobs that end during a call share the next call.
struct WorkerEnds: Sendable {
    typealias Outcome = Result<Job?, JobsClientError>

    private let completions: MergingLane<JobChange, Outcome>
    private let aborts: MergingLane<JobChange, Outcome>

    /// - Parameter limit: The maximum time of one call.
    init(_ client: any JobsClient, limit: Duration) {
        let lane = {
            MergingLane<JobChange, Outcome> { changes in
                if changes.count == 1 {
                    return [.success(try await Self.one(changes[0], client, limit))]
                }
                return try await Self.many(limit) { try await client.change(changes) }
            }
        }
        completions = lane()
        aborts = lane()
    }

    func complete(_ lease: LeaseReference) async -> Outcome {
        await outcome { try await completions.call(JobChange(lease, .complete)) }
    }

    func abort(_ lease: LeaseReference, delay: Duration?) async -> Outcome {
        let change = JobChange(lease, .abort(delay: delay?.milliseconds))
        return await outcome { try await aborts.call(change) }
    }

    /// Makes a call about one job. The error of the call is the result of the job.
    private static func one(_ change: JobChange, _ client: any JobsClient, _ limit: Duration)
        async throws -> Outcome
    {
        do {
            return .success(try await within(limit) { try await client.change(change) })
        } catch let error as JobsClientError {
            return .failure(error)
        }
    }

    /// Makes a call about several jobs, without a correlation id, since it does not belong to one
    /// job.
    private static func many(
        _ limit: Duration, _ call: @escaping @Sendable () async throws -> [Outcome]
    ) async throws -> [Result<Outcome, JobsError>] {
        try await CorrelationID.$current.withValue(nil) {
            try await within(limit, call).map(Result.success)
        }
    }

    private func outcome(_ call: () async throws -> Outcome) async -> Outcome {
        do {
            return try await call()
        } catch let error as JobsClientError {
            return .failure(error)
        } catch {
            return .failure(JobsClientError(.outcomeUnknown, "\(error)"))
        }
    }
}
