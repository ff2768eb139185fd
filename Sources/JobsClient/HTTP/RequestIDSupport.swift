import Synchronization

/// Whether a service serves each request id once, as far as its client knows.
///
/// An older service ignores request ids, so that a repeated add would add a second job. A service
/// that knows them says so in its answers. If a part of the instances behind one address is older,
/// their answers take the knowledge back.
final class RequestIDSupport: Sendable {
    enum Knowledge: Equatable {
        case known, missing, unknown
    }

    private struct State {
        var isKnown: Bool?
        var since = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// How long a service is assumed not to know request ids, since it can be upgraded.
    private static let missingFor = Duration.seconds(60)

    var knowledge: Knowledge {
        state.withLock { state in
            switch state.isKnown {
            case true?: .known
            case false?: state.since.duration(to: .now) < Self.missingFor ? .missing : .unknown
            case nil: .unknown
            }
        }
    }

    /// Records what an answer says.
    func note(isKnown: Bool) {
        state.withLock { state in
            // An older instance among newer ones keeps calls from being repeated for a while.
            if isKnown, state.isKnown == false, state.since.duration(to: .now) < Self.missingFor {
                return
            }
            state = State(isKnown: isKnown)
        }
    }
}

extension JobsClientError {
    /// Whether the service may have refused the call because it does not know request ids.
    var mayComplainOfRequestID: Bool {
        status == 404 || status == 405 || (status == 400 && code == "INVALID_DATA")
    }
}

extension NewJob {
    /// The job with a request id that no other call has, unless it has one.
    var identified: NewJob {
        var job = self
        job.requestID = requestID ?? LockToken.random().description
        return job
    }
}

extension Claim {
    /// The claim with a request id that no other call has, unless it has one.
    var identified: Claim {
        var claim = self
        claim.requestID = requestID ?? LockToken.random().description
        return claim
    }
}

extension HTTPJobsClient {
    /// Makes a call with request ids, or without if the service does not know them.
    ///
    /// - Parameter call: Makes the call. It has done nothing if it fails because the service does
    ///   not know request ids.
    func identified<Value>(_ call: (_ isIdentified: Bool) async throws -> Value) async throws
        -> Value
    {
        guard transport.requestIDs.knowledge != .missing else { return try await call(false) }
        do {
            return try await call(true)
        } catch let error as JobsClientError
            where error.mayComplainOfRequestID && transport.requestIDs.knowledge == .missing
        {
            return try await call(false)
        }
    }

    /// Finds out whether the service knows request ids, with a call that does nothing.
    ///
    /// - Throws: ``JobsClientError`` if it cannot be found out now.
    func knowsRequestIDs(_ request: HTTPTransport.Request, until end: ContinuousClock.Instant?)
        async throws -> Bool
    {
        if transport.requestIDs.knowledge == .unknown {
            // Without items, in the scope of the call.
            let isAdd = request.operation.hasPrefix("add_")
            let body = JSONWriter.arguments { json in
                json.key(isAdd ? "new_jobs" : "jobs")
                json.beginArray()
                json.endArray()
            }
            do {
                _ = try await transport.sendOnce(
                    .init(
                        operation: isAdd ? "add_jobs" : "extend_jobs", body: body,
                        isIdentified: true), until: end)
            } catch let error as JobsClientError where !error.isRetryable {
                // An older service, or one that does not say.
                return false
            }
        }
        return transport.requestIDs.knowledge == .known
    }
}
