extension HTTPJobsClient {
    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        guard claim.limit > 0 else { return [] }
        let wait = min(waitTimeout, HTTPTransport.Request.longestWait)
        if claim.limit == 1, claim.alternatives.isEmpty {
            return try await claimOne(claim, wait).map { [$0] } ?? []
        }
        let answer = try await identified { isIdentified in
            let asked = isIdentified ? claim.identified : claim
            let body = JSONWriter.arguments { json in
                json.claim(asked, waitTimeout: wait)
                json.key("max_jobs")
                json.integer(min(claim.limit, Self.mostItems))
            }
            return try await sendIfKnown(
                .init(
                    operation: "start_jobs_by_type", body: body, isIdentified: isIdentified,
                    wait: wait, isStrict: claim.isStrict))
        }
        if let answer {
            guard let answer else { throw JobsClientError.notUnderstood("data") }
            return try answer.items.map { try ClaimedJob($0) }
        }
        for type in claim.types.dropLast() {
            let claimed = try await claimOneByOne(claim.only(type), .zero)
            guard claimed.isEmpty else { return claimed }
        }
        return try await claimOneByOne(claim.only(claim.types.last ?? claim.type), wait)
    }

    private func claimOne(_ claim: Claim, _ wait: Duration) async throws -> ClaimedJob? {
        try await identified { isIdentified in
            let asked = isIdentified ? claim.identified : claim
            let body = JSONWriter.arguments { $0.claim(asked, waitTimeout: wait) }
            return try await send(
                .init(
                    operation: "start_job_by_type", body: body, isIdentified: isIdentified,
                    wait: wait, isStrict: claim.isStrict)
            ).map { try ClaimedJob($0) }
        }
    }

    /// Claims jobs with one request each, from a service without the operation on many jobs.
    private func claimOneByOne(_ claim: Claim, _ wait: Duration) async throws -> [ClaimedJob] {
        var claimed: [ClaimedJob] = []
        // Each request is served once.
        var claim = claim
        claim.requestID = nil
        while claimed.count < claim.limit {
            do {
                guard let next = try await claimOne(claim, claimed.isEmpty ? wait : .zero) else {
                    break
                }
                claimed.append(next)
            } catch {
                // Jobs that were already handed out have to reach the caller.
                if claimed.isEmpty { throw error }
                break
            }
        }
        return claimed
    }
}

extension Claim {
    /// Whether a service that does not know an argument is to refuse the claim. It does the same
    /// work without the name of the worker, but not without the request id that the caller relies
    /// on.
    fileprivate var isStrict: Bool { worker == nil || requestID != nil }
}
