public import Jobs
public import MetricsTestKit
public import Testing

/// A requirement of the metrics of every store: its counts of events and of jobs.
///
/// The tests of each store run ``all``, each requirement over an empty store.
public struct MetricsRequirement: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (CountedStore) async throws -> Void

    init(_ requirement: String, _ check: @escaping @Sendable (CountedStore) async throws -> Void) {
        testDescription = requirement
        self.check = check
    }

    public static let all = censuses + queues + events
}

/// An empty store with its metrics.
public struct CountedStore: Sendable {
    let store: StoreUnderTest
    private let jobs: any JobsCensus
    private let metrics: TestMetrics

    /// - Parameter metrics: The metrics of the store.
    public init(_ store: StoreUnderTest, census: any JobsCensus, metrics: TestMetrics) {
        self.store = store
        jobs = census
        self.metrics = metrics
    }

    func census(maxRetries: Int = 10) async throws -> [String: JobCounts] {
        let census = try await jobs.census(maxRetries: maxRetries)
        return Dictionary(uniqueKeysWithValues: census.map { ($0.text, $1) })
    }

    /// The value of a counter of a type; 0 if it does not exist.
    func count(_ name: String, type: String = "mail") -> Int64 {
        (try? metrics.expectCounter(name, [("type", type)]).totalValue) ?? 0
    }

    /// The counted removals of cleaning.
    var cleaned: CleanedJobs {
        let count = { reason in
            Int(
                (try? metrics.expectCounter("jobs_cleaned_total", [("reason", reason)]).totalValue)
                    ?? 0)
        }
        return CleanedJobs(
            completed: count("completed"), expired: count("expired"), exhausted: count("exhausted"))
    }

    /// The times from claim to completion of the jobs of a type, in milliseconds.
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
        counts.workers = [:]
        return counts
    }
}
