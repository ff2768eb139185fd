import CoreMetrics
import Jobs
import Mongo
import Synchronization

extension MongoJobsPersistence {
    /// Three deletions, each by an index of its own that holds little else than what is to go; and
    /// a look, by the same index, at the expired jobs that no claim has met.
    public func clean(maxRetries: Int) async throws {
        try await clean(maxRetries: maxRetries, countingPatience: JobCollection.countingPatience)
    }

    /// - Parameter countingPatience: for how many milliseconds expired jobs may be counted.
    func clean(maxRetries: Int, countingPatience: Int64) async throws {
        metrics.cleaned.increment(by: try await collection.deleteMany(Self.completed))
        // They are to go also where there are so many that counting them takes too long.
        try? await countExpired(patience: countingPatience)
        metrics.cleaned.increment(by: try await collection.deleteMany(Self.expired))
        if cleanedLimits.withLock({ !$0.contains(maxRetries) }) {
            try await collection.create([JobIndexes.exhausted(maxRetries)])
            cleanedLimits.withLock { _ = $0.insert(maxRetries) }
        }
        metrics.cleaned.increment(
            by: try await collection.deleteMany(Self.exhausted(maxRetries)))
    }

    static let completed: BSONLiteral = ["completed": JobIndexes.isDate]

    static let expired: BSONLiteral = [
        "execute_until": JobIndexes.isDate, "completed": .null, "$expr": Pipelines.isExpired,
    ]

    static func exhausted(_ maxRetries: Int) -> BSONLiteral {
        [
            "retries": ["$gt": .int(Int64(maxRetries))], "completed": .null,
            "$expr": ["$not": Pipelines.isLive],
        ]
    }
}
