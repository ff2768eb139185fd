import JSON
import Jobs
import Testing

/// Every state of a job and every operation on it, with what becomes of the job.
///
/// The table is written by hand from the description of the service, not from the rules in the
/// code.
extension StoreRequirement {
    static let life: [StoreRequirement] = Origin.allCases.map { origin in
        StoreRequirement("a job that is \(origin.rawValue), after every operation") { store in
            for (operation, outcome) in zip(Operation.all, table[origin] ?? []) {
                try await store.check(operation, on: origin, leads: outcome)
            }
            #expect(table[origin]?.count == Operation.all.count)
        }
    }

    /// How a job is before the operation.
    enum Origin: String, CaseIterable {
        case delayed, ready, running, completed, failed, cancelled, expired
        case lapsed = "ready after a lapse"
        case exhausted = "at its own limit"
        case exhaustedLapsed = "at its own limit after a lapse"
        case expiredLapsed = "expired after a lapse"
        case pending = "running with a request to cancel it"
        case pendingLapsed = "cancelled by a lapse"
    }

    /// What is done to the job, by the holder of its last lease if it has had one.
    enum Operation: Equatable {
        case act(Act)
        case startByID
        case claim

        static let all: [Operation] = [
            .act(.extend(timeout: 600_000)), .act(.abort()), .act(.abort(delay: 600_000)),
            .act(.complete), .act(.fail(Failure(error: AttemptError(type: "E"), delay: 600_000))),
            .act(.fail(Failure(delay: 0))), .act(.fail(Failure(retry: false))), .act(.cancel),
            .act(.replay(Replay())), .act(.replay(Replay(ttl: 600_000))), .act(.release),
            .act(.settle), .startByID, .claim,
        ]
    }

    /// What becomes of the job.
    enum Outcome {
        /// Nothing changes.
        case same
        /// The operation is refused, and nothing changes.
        case refused
        /// The job is in a state, with an attempt more if an outcome is given.
        case turns(JobState, Attempt.Outcome? = nil)
    }

    /// The outcomes in the order of ``Operation/all``.
    private static let table: [Origin: [Outcome]] = [
        //  extend  abort  delayed abort  complete
        //  fail with a delay  fail at once  fail for good  cancel
        //  replay  replay with a ttl  release  settle  start by id  claim
        .delayed: [
            .same, .same, .same, .turns(.completed),
            .same, .same, .same, .turns(.cancelled),
            .refused, .refused, .same, .same, .turns(.running), .same,
        ],
        .ready: [
            .same, .same, .same, .turns(.completed),
            .same, .same, .same, .turns(.cancelled),
            .refused, .refused, .same, .same, .turns(.running), .turns(.running),
        ],
        .running: [
            .turns(.running), .turns(.ready, .aborted), .turns(.delayed, .aborted),
            .turns(.completed),
            .turns(.delayed, .failed), .turns(.ready, .failed), .turns(.failed, .failed),
            .turns(.running),
            .refused, .refused, .turns(.ready), .same, .same, .same,
        ],
        .completed: [
            .same, .same, .same, .same, .same, .same, .same, .same,
            .refused, .refused, .same, .same, .same, .same,
        ],
        .failed: [
            .same, .same, .same, .same, .same, .same, .same, .same,
            .turns(.ready), .turns(.ready), .same, .same, .same, .same,
        ],
        .cancelled: [
            .same, .same, .same, .same, .same, .same, .same, .same,
            .turns(.ready), .turns(.ready), .same, .same, .same, .same,
        ],
        .expired: [
            .same, .same, .same, .turns(.completed),
            .same, .same, .same, .turns(.cancelled),
            .refused, .turns(.ready), .same, .same, .same, .same,
        ],
        .lapsed: [
            .turns(.running), .turns(.ready, .aborted), .turns(.delayed, .aborted),
            .turns(.completed),
            .turns(.delayed, .failed), .turns(.ready, .failed), .turns(.failed, .failed),
            .turns(.cancelled, .lapsed),
            .refused, .refused, .turns(.ready), .same,
            .turns(.running, .lapsed), .turns(.running, .lapsed),
        ],
        .exhausted: [
            .same, .same, .same, .turns(.completed),
            .same, .same, .same, .turns(.cancelled),
            .turns(.ready), .turns(.ready), .same, .same, .turns(.running), .same,
        ],
        .exhaustedLapsed: [
            .turns(.running), .turns(.exhausted, .aborted), .turns(.exhausted, .aborted),
            .turns(.completed),
            .turns(.failed, .failed), .turns(.failed, .failed), .turns(.failed, .failed),
            .turns(.cancelled, .lapsed),
            .turns(.ready, .lapsed), .turns(.ready, .lapsed), .turns(.ready), .same,
            .turns(.running, .lapsed), .same,
        ],
        .expiredLapsed: [
            .turns(.running), .turns(.expired, .aborted), .turns(.expired, .aborted),
            .turns(.completed),
            .turns(.failed, .failed), .turns(.failed, .failed), .turns(.failed, .failed),
            .turns(.cancelled, .lapsed),
            .refused, .turns(.ready, .lapsed), .turns(.expired), .same, .same, .same,
        ],
        .pending: [
            .turns(.running), .turns(.cancelled, .cancelled), .turns(.cancelled, .cancelled),
            .turns(.completed),
            .turns(.cancelled, .cancelled), .turns(.cancelled, .cancelled),
            .turns(.cancelled, .cancelled), .same,
            .refused, .refused, .turns(.cancelled), .same, .same, .same,
        ],
        .pendingLapsed: [
            .same, .same, .same, .same, .same, .same, .same, .same,
            .turns(.ready, .cancelled), .turns(.ready, .cancelled), .same,
            .turns(.cancelled, .cancelled), .same, .turns(.cancelled, .cancelled),
        ],
    ]
}

extension StoreUnderTest {
    fileprivate func check(
        _ operation: StoreRequirement.Operation, on origin: StoreRequirement.Origin,
        leads outcome: StoreRequirement.Outcome
    ) async throws {
        let place = "\(operation) on a job that is \(origin.rawValue)"
        let (before, token) = try await make(origin)
        let type = before.type
        var result: Result<Job?, JobsError> = .success(nil)
        switch operation {
        case .act(let act):
            result = try #require(
                try await jobs.change([JobChange(before.id, token, act)]).first)
        case .startByID:
            result = .success(
                try await jobs.start(Start(before.id, timeout: 600_000, worker: "second"))?.job)
        case .claim:
            let claim = Claim(type: type, timeout: 600_000, maxRetries: 10, worker: "second")
            result = .success(try await jobs.claim(claim).first?.job)
        }
        let after = try #require(try await jobs.get(before.id))
        switch outcome {
        case .same, .refused:
            #expect(after == before, "\(place)")
        case .turns(let state, let attempt):
            let (now, count) = (try await jobs.now(), before.attempts.count)
            #expect(after.state(at: now, maxRetries: 10) == state, "\(place)")
            #expect(after.attempts.count == count + (attempt == nil ? 0 : 1), "\(place)")
            if let attempt {
                #expect(after.attempts.last?.outcome == attempt, "\(place)")
                #expect(after.attempts.last?.number == before.retries, "\(place)")
                #expect(after.attempts.last?.worker == before.worker, "\(place)")
                #expect(after.attempts.last?.started == before.started, "\(place)")
            }
            #expect(
                try await list {
                    $0.type = type
                    $0.state = state
                }.jobs == [after], "\(place)")
        }
        switch (operation, outcome) {
        case (.act, .refused):
            #expect(
                result == .failure(.notReplayed(before.id, isKeyTaken: false)), "\(place)")
        case (.act, _): #expect(result == .success(after), "\(place)")
        case (_, .turns(.running, _)): #expect(result == .success(after), "\(place)")
        default: #expect(result == .success(nil), "\(place)")
        }
        _ = try await jobs.delete(before.id)
    }

    /// Adds a job and brings it into a state.
    ///
    /// - Returns: The job, and the token of its last lease, if it has had one.
    private func make(_ origin: StoreRequirement.Origin) async throws -> (Job, LockToken?) {
        var new = NewJob(type: origin.rawValue, refID: "1")
        switch origin {
        case .delayed: new.delay = 600_000
        case .expired, .expiredLapsed: new.ttl = 200
        case .exhausted, .exhaustedLapsed: new.maxRetries = 1
        default: break
        }
        let id = try #require(try await jobs.add([new]).first).get().id
        var token: LockToken?
        let start = { (timeout: Int64) in
            token = try #require(
                try await jobs.start(Start(id, timeout: timeout, worker: "first"))
            ).lockToken
        }
        let act = { (act: Act) in
            _ = try #require(try await jobs.change([JobChange(id, token, act)]).first).get()
        }
        switch origin {
        case .delayed, .ready: break
        case .expired: try await pass(milliseconds: 400)
        case .running: try await start(600_000)
        case .completed:
            try await start(600_000)
            try await act(.complete)
        case .failed:
            try await start(600_000)
            try await act(.fail(Failure(error: AttemptError(message: "m"), retry: false)))
        case .cancelled: try await act(.cancel)
        case .lapsed, .exhaustedLapsed: try await start(0)
        case .expiredLapsed:
            try await start(0)
            try await pass(milliseconds: 400)
        case .exhausted:
            try await start(600_000)
            try await act(.abort())
        case .pending, .pendingLapsed:
            try await start(600_000)
            try await act(.cancel)
            if origin == .pendingLapsed { try await act(.extend(timeout: 0)) }
        }
        return (try #require(try await jobs.get(id)), token)
    }
}
