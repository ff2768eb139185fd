import Jobs
public import Logging
import Synchronization

/// The error of a missing index that the service requires, in one line with the index and the
/// remedy.
public struct MongoIndexError: Error, CustomStringConvertible {
    public let description: String
}

extension MongoJobsPersistence {
    /// Creates the missing indexes. It has to succeed before any other method is called.
    ///
    /// - Throws: ``MongoIndexError`` if jobs cannot be claimed or kept unique, or requests cannot
    ///   be served once.
    public func prepare() async throws {
        _ = try await makeIndexes()
    }

    /// - Returns: The problems of optional indexes, without which the service is slower.
    func makeIndexes() async throws -> [IndexProblem] {
        let problems = try await collection.create(JobIndexes.all)
        let needed = [
            JobIndexes.claim, JobIndexes.unique, JobIndexes.request, JobIndexes.claimRequest,
        ].map(\.name)
        if let problem = problems.first(where: { needed.contains($0.index) }) {
            throw MongoIndexError(description: problem.description)
        }
        return problems
    }

    /// Checks whether jobs can be claimed, possibly slowly.
    ///
    /// - Throws: ``JobsError/unavailable(reason:)`` if jobs cannot be claimed.
    public func check() async throws {
        _ = try await get(JobID(""))
        do {
            // Reads the first key of the claim index.
            _ = try await collection.find(
                ["type": "", "available_at": ["$exists": true]] as BSONLiteral, limit: 1,
                projection: ["_id": 1], hint: JobIndexes.claim, patience: 1000)
        } catch JobsError.timedOut {
            // The query reads all jobs, and so do claims: they are slow, but they are served.
        }
    }

    /// Checks the indexes every minute, and at once after a command has missed one, until the task
    /// is cancelled. Missing indexes are created again; until then commands do not use them.
    public func keepIndexes(logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [collection] in
                while (try? await Task.sleep(for: Self.inspectionInterval)) != nil {
                    collection.indexes.suspect()
                }
            }
            var known: [IndexProblem] = []
            for await _ in collection.indexes.suspicions.stream {
                let wasMissed = collection.indexes.hasUnusable
                if wasMissed, known.isEmpty {
                    logger.warning(
                        """
                        An index of the collection \(collection.name) is missing or hidden: jobs are \
                        served without it, more slowly, until it is made again
                        """)
                }
                do {
                    let problems = try await collection.create(wantedIndexes)
                    for problem in problems where !known.contains(problem) {
                        logger.warning("\(problem)")
                    }
                    if problems.isEmpty, wasMissed || !known.isEmpty {
                        logger.notice("The collection \(collection.name) has all its indexes again")
                    }
                    known = problems
                } catch {
                    // The next check tries again. Other code logs that the database is unavailable.
                    logger.debug("Failed to check the indexes", error: error)
                }
                // Several misses of one index cause one check.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// All indexes, including those for the limits with which this instance cleans.
    private var wantedIndexes: [JobIndexes.Index] {
        JobIndexes.all + cleanedLimits.withLock { $0 }.map(JobIndexes.exhausted)
    }

    private static let inspectionInterval = Duration.seconds(60)
}
