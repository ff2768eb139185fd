public import Jobs
public import MetricsTestKit
public import Testing

/// One thing that holds of how every store counts what happens to jobs, and what there is.
///
/// Each store's tests run all of ``all``, each claim over an empty store of its own.
public struct CountingClaim: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (CountedStore) async throws -> Void

    init(_ claim: String, _ check: @escaping @Sendable (CountedStore) async throws -> Void) {
        testDescription = claim
        self.check = check
    }

    public static let all = censuses + events
}

/// An empty store with what it counts.
public struct CountedStore: Sendable {
    let store: StoreUnderTest
    private let jobs: any JobsCensus
    private let metrics: TestMetrics

    /// - Parameter metrics: which the store was given.
    public init(_ store: StoreUnderTest, census: any JobsCensus, metrics: TestMetrics) {
        self.store = store
        jobs = census
        self.metrics = metrics
    }

    func census(maxRetries: Int = 10) async throws -> [String: JobCounts] {
        let census = try await jobs.census(maxRetries: maxRetries)
        return Dictionary(uniqueKeysWithValues: census.map { ($0.text, $1) })
    }

    /// What a counter of a type is at; 0 if nobody has asked for it.
    func count(_ name: String, type: String = "mail") -> Int64 {
        (try? metrics.expectCounter(name, [("type", type)]).totalValue) ?? 0
    }

    /// What cleaning is counted to have removed.
    var cleaned: CleanedJobs {
        let count = { reason in
            Int(
                (try? metrics.expectCounter("jobs_cleaned_total", [("reason", reason)]).totalValue)
                    ?? 0)
        }
        return CleanedJobs(
            completed: count("completed"), expired: count("expired"), exhausted: count("exhausted"))
    }

    /// How long the jobs of a type took from their claims to their completions, in milliseconds.
    func workTimes(type: String = "mail") -> [Int64] {
        let timer = try? metrics.expectTimer("jobs_claim_to_complete_seconds", [("type", type)])
        return (timer?.values ?? []).map { $0 / 1_000_000 }
    }
}

extension JobCounts {
    init(
        delayed: Int = 0, ready: Int = 0, running: Int = 0, completed: Int = 0, expired: Int = 0,
        exhausted: Int = 0
    ) {
        self.init()
        self.delayed = delayed
        self.ready = ready
        self.running = running
        self.completed = completed
        self.expired = expired
        self.exhausted = exhausted
    }

    /// The numbers, without the time.
    var numbers: JobCounts {
        var counts = self
        counts.oldestReady = 0
        return counts
    }
}
