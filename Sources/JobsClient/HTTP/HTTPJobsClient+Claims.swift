extension HTTPJobsClient {
    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        guard claim.limit > 0 else { return [] }
        let wait = min(waitTimeout, HTTPTransport.Request.longestWait)
        if claim.limit == 1 { return try await claimOne(claim, wait).map { [$0] } ?? [] }
        let body = JSONWriter.arguments { json in
            json.claim(claim, waitTimeout: wait)
            json.key("max_jobs")
            json.integer(min(claim.limit, Self.mostItems))
        }
        let answer = try await sendIfKnown(
            .init(
                operation: "start_jobs_by_type", body: body, wait: wait,
                isStrict: claim.worker == nil))
        if let answer {
            guard let answer else { throw JobsClientError.notUnderstood("data") }
            return try answer.items.map { try ClaimedJob($0) }
        }
        return try await claimOneByOne(claim, wait)
    }

    private func claimOne(_ claim: Claim, _ wait: Duration) async throws -> ClaimedJob? {
        let body = JSONWriter.arguments { $0.claim(claim, waitTimeout: wait) }
        return try await send(
            .init(
                operation: "start_job_by_type", body: body, wait: wait,
                isStrict: claim.worker == nil)
        ).map { try ClaimedJob($0) }
    }

    /// Claims jobs with one request each, from a service without the operation on many jobs.
    private func claimOneByOne(_ claim: Claim, _ wait: Duration) async throws -> [ClaimedJob] {
        var claimed: [ClaimedJob] = []
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
