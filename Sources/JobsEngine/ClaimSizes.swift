import JSON
import Jobs
import Synchronization

/// How large the jobs of each type are, as far as claims have to know: a claim of many large jobs
/// asks the store for as many as its answer may hold, since a store reads all that it starts.
final class ClaimSizes: Sendable {
    /// The largest job of a type lately, in bytes. Types whose jobs are small have no entry.
    private let sizes = Mutex<[ExactText: Int]>([:])

    /// The size up to which a thousand jobs have room in one answer, in bytes.
    private static let small = JobsController.claimedBytes / 1000
    /// The maximum number of types that are remembered.
    private static let maximumCount = 10_000

    /// Returns the maximum number of jobs to ask the store for.
    func limit(of claim: Claim) -> Int {
        guard claim.limit > 1 else { return claim.limit }
        let size = sizes.withLock { sizes in
            sizes.isEmpty ? nil : claim.types.compactMap { sizes[ExactText($0)] }.max()
        }
        guard let size else { return claim.limit }
        return min(claim.limit, max(JobsController.claimedBytes / size, 1))
    }

    /// Records the sizes of the jobs that a claim has started.
    ///
    /// A size is forgotten step by step, when further claims get smaller jobs.
    func note(_ started: [StartedJob], _ type: String) {
        guard let largest = started.lazy.map(\.job.weight).max() else { return }
        sizes.withLock { sizes in
            guard !sizes.isEmpty || largest > Self.small else { return }
            let type = ExactText(type)
            let size = max(largest, (sizes[type] ?? 0) / 8 * 7)
            Self.set(size > Self.small ? size : nil, type, &sizes)
        }
    }

    /// Records the size of an added job.
    func note(_ newJob: NewJob) {
        let size = newJob.params?.bytes.count ?? 0
        guard size > Self.small else { return }
        sizes.withLock { sizes in
            let type = ExactText(newJob.type)
            Self.set(max(size, sizes[type] ?? 0), type, &sizes)
        }
    }

    private static func set(_ size: Int?, _ type: ExactText, _ sizes: inout [ExactText: Int]) {
        if sizes.count >= maximumCount { sizes.removeAll() }
        sizes[type] = size
    }
}
