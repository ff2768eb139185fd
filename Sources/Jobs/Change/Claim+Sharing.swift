/// The caller of a claim that one job is started for.
package struct ClaimCaller: Sendable, Hashable {
    /// The name of the worker; `nil` for none.
    package var worker: String?
    /// The request of the claim; `nil` if it cannot be repeated.
    package var request: ClaimRequest?

    package init(worker: String? = nil, request: ClaimRequest? = nil) {
        self.worker = worker
        self.request = request
    }
}

extension Claim {
    /// Creates a claim that serves several callers at once.
    ///
    /// - Parameter callers: The callers, one for each job, in the order in which they get jobs. A
    ///   caller with a request occurs once.
    package init(type: String, timeout: Int64, maxRetries: Int?, callers: [ClaimCaller]) {
        let first = callers.first
        self.init(
            type: type, timeout: timeout, maxRetries: maxRetries, limit: callers.count,
            worker: first?.worker, requestID: first?.request?.id.text)
        let isPlain = callers.indices.allSatisfy { callers[$0] == caller(at: $0) }
        guard !isPlain else { return }
        self.callers = callers
        requestID = nil
    }

    /// The claim of the callers that have got no job yet.
    package func rest(after started: [StartedJob]) -> Claim {
        guard !callers.isEmpty || (requestID != nil && !started.isEmpty) else { return self }
        var served: [ClaimCaller: Int] = [:]
        for job in started { served[job.caller, default: 0] += 1 }
        return with(
            allCallers.filter { caller in
                guard let count = served[caller], count > 0 else { return true }
                served[caller] = count - 1
                return false
            })
    }

    /// The claim without the callers of these requests.
    package func dropping(_ requests: some Collection<ExactText>) -> Claim {
        guard !requests.isEmpty else { return self }
        let requests = Set(requests)
        return with(
            allCallers.filter { caller in
                caller.request.map { !requests.contains($0.id) } ?? true
            })
    }

    /// The claim with other callers.
    private func with(_ callers: [ClaimCaller]) -> Claim {
        var claim = Claim(type: type, timeout: timeout, maxRetries: maxRetries, callers: callers)
        claim.limits = limits
        return claim
    }

    /// The caller that a job is for.
    ///
    /// - Parameter index: The number of jobs that were started before it.
    package func caller(at index: Int) -> ClaimCaller {
        if callers.indices.contains(index) { return callers[index] }
        return ClaimCaller(
            worker: worker,
            request: requestID.map { ClaimRequest(ExactText($0), slot: index) })
    }

    /// The callers, one for each job.
    package var allCallers: [ClaimCaller] {
        callers.isEmpty ? (0..<max(limit, 0)).map { caller(at: $0) } : callers
    }

    /// Whether the claim has a request id, or one of its callers has.
    package var hasRequests: Bool {
        requestID != nil || callers.contains { $0.request != nil }
    }

    /// The requests of the claim and the number of jobs that each asks for.
    package var requests: [ExactText: Int] {
        if let requestID { return [ExactText(requestID): max(limit, 0)] }
        return callers.reduce(into: [:]) { requests, caller in
            if let id = caller.request?.id { requests[id, default: 0] += 1 }
        }
    }
}

extension StartedJob {
    /// The caller that the job was started for.
    package var caller: ClaimCaller {
        ClaimCaller(worker: job.worker, request: job.claimRequest)
    }
}

extension [ClaimCaller] {
    /// The callers without repetitions of a request, which share its jobs.
    package var once: [ClaimCaller] {
        guard contains(where: { $0.request != nil }) else { return self }
        var known: Set<ClaimRequest> = []
        return filter { $0.request.map { known.insert($0).inserted } ?? true }
    }
}
