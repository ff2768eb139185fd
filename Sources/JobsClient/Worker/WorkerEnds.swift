import JobsEngine

/// Reports the results of jobs to the service. Jobs that end during a call share the next call.
struct WorkerEnds: Sendable {
    typealias Outcome = Result<Job?, JobsClientError>

    private let completions: MergingLane<JobChange, Outcome>
    private let failures: MergingLane<JobChange, Outcome>
    private let aborts: MergingLane<JobChange, Outcome>

    /// - Parameter limit: The maximum time of one call.
    init(_ client: any JobsClient, limit: Duration) {
        let lane = {
            MergingLane<JobChange, Outcome> { changes in
                if changes.count == 1 {
                    return [.success(try await Self.one(changes[0], client, limit))]
                }
                return try await Self.many(changes, client, limit).map { .success($0) }
            }
        }
        completions = lane()
        failures = lane()
        aborts = lane()
    }

    func complete(_ lease: LeaseReference, result: JSONText?) async -> Outcome {
        await outcome { try await completions.call(JobChange(lease, .complete(result: result))) }
    }

    func fail(_ lease: LeaseReference, _ failure: Failure) async -> Outcome {
        await outcome { try await failures.call(JobChange(lease, .fail(failure))) }
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
    ///
    /// A job that the service refuses, such as one with a result that is too large, can have the
    /// whole call refused. So the jobs of such a call are sent again one by one.
    private static func many(
        _ changes: [JobChange], _ client: any JobsClient, _ limit: Duration
    ) async throws -> [Outcome] {
        try await CorrelationID.$current.withValue(nil) {
            var outcomes: [Outcome]
            do {
                outcomes = try await within(limit) { try await client.change(changes) }
            } catch let error as JobsClientError where error.isAboutContent {
                outcomes = changes.map { _ in .failure(error) }
            }
            for (index, outcome) in outcomes.enumerated() {
                guard case .failure(let error) = outcome, error.isAboutContent else { continue }
                outcomes[index] = try await one(changes[index], client, limit)
            }
            return outcomes
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

extension JobsClientError {
    /// Whether the service refused the call for what it holds, and not because of the caller or the
    /// operation.
    var isAboutContent: Bool { kind == .refused && [nil, 400, 413].contains(status) }
}
