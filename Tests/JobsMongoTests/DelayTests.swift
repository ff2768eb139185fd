import Jobs
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Delays after failures", .sharedCollection)
    struct DelayTests {
        @Test("are those of the policy, bit by bit", arguments: [1, 2] as [UInt64])
        func delays(seed: UInt64) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var random = SplitMix64(seed: seed)
            let now = Timestamp.now()
            let jobs = (0..<1000).map { index -> Job in
                var job = Job(
                    id: JobID("job \(index)"), type: "mail", refID: "1",
                    created: now.advanced(by: -1000),
                    started: now.advanced(by: -500), lockedUntil: now.advanced(by: 600_000),
                    retries: [1, 2, 3, 9, 40, 63, 64, 65, 1000, .max - 1].randomElement(
                        using: &random)
                        ?? 1)
                job.budgetStart = [0, 0, 1, 2, .max, .min].randomElement(using: &random) ?? 0
                if Bool.random(using: &random) { job.retry = .random(using: &random) }
                return job
            }
            try await collection.insert(jobs.map { StoredJob(job: $0).document })
            let failures = jobs.map { _ in
                var failure = Failure()
                failure.policy = .random(using: &random)
                failure.chance =
                    [-1, 1, 0, Double.random(in: -1...1, using: &random)]
                    .randomElement(using: &random) ?? 0
                return failure
            }

            let results = try await store.change(
                zip(jobs, failures).map { JobChange($0.id, .fail($1)) })

            for (job, (failure, result)) in zip(jobs, zip(failures, results)) {
                let delay = try #require(try result.get()?.attempts.last).delay
                let count = job.retries.subtractingClamped(job.budgetStart)
                let policy = job.retry ?? failure.policy
                #expect(
                    delay == policy.delay(afterFailures: count, chance: failure.chance),
                    "\(policy) \(count) \(failure.chance)")
            }
        }
    }
}

extension RetryPolicy {
    fileprivate static func random(using random: inout some RandomNumberGenerator) -> RetryPolicy {
        func number() -> Int64? {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: nil
            case 1: 0
            case 2: Int64.random(in: 0...10_000, using: &random)
            case 3: Int64.random(in: 0...Int64.max, using: &random)
            case 4: .max
            default: Int64.random(in: 0...1 << 53, using: &random)
            }
        }
        return RetryPolicy(
            backoff: (Backoff.allCases.map(Optional.some) + [nil]).randomElement(using: &random)
                ?? nil,
            delay: number(), maxDelay: number(),
            jitter: [nil, 0, 1, Double.random(in: 0...1, using: &random)]
                .randomElement(using: &random) ?? nil)
    }
}
