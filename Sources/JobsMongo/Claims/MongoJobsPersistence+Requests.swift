import BSON
public import Jobs

/// The error of a claim one of whose requests has started its job before. A start of many jobs
/// stops there.
struct RequestIsServed: Error {}

/// Claims with a request id.
///
/// A start writes the request and the number of the job among those that the request asks for. A
/// unique index has each of them once, so the usual claim needs no other command, and a claim that
/// is repeated, also by another instance at the same time, is refused by the database before it
/// starts a job.
extension MongoJobsPersistence {
    /// The maximum number of rounds. A round fails only if the jobs of a request are started again,
    /// or removed, while it is looked at.
    private static let maximumRepetitions = 20

    /// Starts jobs for callers some of which have requests. Those that were served before get their
    /// jobs.
    func claimOnce(_ claim: Claim) async throws -> [StartedJob] {
        var (claim, started) = (claim, [StartedJob]())
        // A request for several jobs may have been served with fewer, so that the first one that is
        // left is no mistake for the index.
        let several = Set(claim.requests.filter { $0.value > 1 }.keys)
        if !several.isEmpty {
            let served = try await served(several, type: claim.type)
            started = served.values.flatMap(\.self)
            claim = claim.dropping(served.keys)
        }
        for _ in 0..<Self.maximumRepetitions {
            let found = try await startJobs(claim)
            for job in found.started where !started.replace(with: job) { started.append(job) }
            let claimed = Set(found.started.compactMap { $0.job.claimRequest?.id })
            let open = Set(claim.requests.keys).subtracting(claimed)
            // A start skips the jobs of its own requests, whose leases may have lapsed.
            guard found.isInterrupted || !open.isEmpty else { return started }
            let served = try await served(
                found.isInterrupted ? Set(claim.requests.keys) : open, type: claim.type)
            guard found.isInterrupted else {
                for job in served.values.flatMap(\.self) where !started.hasLease(of: job) {
                    started.append(job)
                }
                return started
            }
            claim = claim.rest(after: found.started).dropping(served.keys)
            for job in served.values.flatMap(\.self) where !started.hasLease(of: job) {
                started.append(job)
            }
            guard claim.limit > 0 else { return started }
        }
        throw JobsError.unavailable(
            reason: "A request was neither served nor open in \(Self.maximumRepetitions) rounds")
    }

    public func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        let query: BSONLiteral = [
            "type": .string(type),
            "claim_request.id": ["$in": .array(requests.map { .string($0.text) })],
        ]
        var lasting: Set<LockToken?> = []
        for _ in 0..<Self.maximumRepetitions {
            let found = try await collection.find(
                query, limit: 1 << 30, hint: JobIndexes.claimRequest)
            guard !found.isEmpty else { return [:] }
            let documents = found.map { JobDocument($0) }
            // A read may return a start that a failover would roll back. So a write comes between
            // two reads, which waits until a majority has the documents. It notes that the claim
            // was repeated, so that the start is not taken back. Another instance may start jobs
            // for the request in the meantime.
            if lasting.isSuperset(of: documents.map(\.lockToken)) {
                let now = try await collection.now()
                var served: [ExactText: [StartedJob]] = [:]
                for document in documents {
                    guard let id = document.job.claimRequest?.id else { continue }
                    served[id, default: []] += document.underLease(at: now).map { [$0] } ?? []
                }
                return served.mapValues(\.inOrder)
            }
            let ids = found.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            _ = try await collection.updateManyAgain(
                ["$and": [query, ["_id": ["$in": .array(ids)]]]], Pipelines.noteRepeated)
            lasting = Set(documents.map(\.lockToken))
        }
        throw JobsError.unavailable(
            reason: "The jobs of a request were started again in \(Self.maximumRepetitions) rounds")
    }
}

extension JobDocument {
    /// The job with its token, if it is still under the lease of its last start.
    fileprivate func underLease(at now: Timestamp) -> StartedJob? {
        guard job.isUnderLease(at: now), let lockToken else { return nil }
        return StartedJob(job: job, lockToken: lockToken, isRepeated: true)
    }
}

extension [StartedJob] {
    fileprivate func hasLease(of started: StartedJob) -> Bool {
        contains { $0.job.id == started.job.id && $0.lockToken == started.lockToken }
    }
}

extension Claim {
    /// The query without the jobs that requests of the claim were served with before, whose leases
    /// may have lapsed: these requests get the leases that they have.
    func excludingOwn(from query: BSONLiteral) -> BSONLiteral {
        guard hasRequests else { return query }
        let ids = requests.keys.map { BSONLiteral.string($0.text) }
        return ["$and": [query, ["claim_request.id": ["$nin": .array(ids)]]]]
    }
}
