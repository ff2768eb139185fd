/// Tells the service what became of jobs: many in one call, where several have ended while the call
/// before was under way.
struct WorkerEnds: Sendable {
    typealias Outcome = Result<Job?, JobsClientError>

    private let completions: MergingLane<LeaseReference, Outcome>
    private let aborts: MergingLane<LeaseAbort, Outcome>

    /// - Parameter limit: how long one call may take.
    init(_ client: any JobsClient, limit: Duration) {
        completions = MergingLane { leases in
            if leases.count == 1 {
                return [
                    .success(try await Self.one(limit) { try await client.complete(leases[0]) })
                ]
            }
            return try await Self.many(limit) { try await client.complete(leases) }
        }
        aborts = MergingLane { aborts in
            if let only = aborts.first, aborts.count == 1 {
                return [
                    .success(
                        try await Self.one(limit) {
                            try await client.abort(
                                only.lease, delay: only.delay.map { .milliseconds($0) })
                        })
                ]
            }
            return try await Self.many(limit) { try await client.abort(aborts) }
        }
    }

    func complete(_ lease: LeaseReference) async -> Outcome {
        await outcome { try await completions.call(lease) }
    }

    func abort(_ lease: LeaseReference, delay: Duration?) async -> Outcome {
        await outcome { try await aborts.call(LeaseAbort(lease: lease, delay: delay)) }
    }

    /// The error of a single call is its job's result: there is no call as a whole beside it.
    private static func one(
        _ limit: Duration, _ call: @escaping @Sendable () async throws -> Job?
    ) async throws -> Outcome {
        do {
            return .success(try await within(limit, call))
        } catch let error as JobsClientError {
            return .failure(error)
        }
    }

    /// A call about many jobs is not found by the id of one of them.
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
