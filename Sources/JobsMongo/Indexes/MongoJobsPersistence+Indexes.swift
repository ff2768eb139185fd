import Jobs
public import Logging
import Synchronization

/// An index that the service cannot do without, in a line that names it and the remedy.
public struct MongoIndexError: Error, CustomStringConvertible {
    public let description: String
}

extension MongoJobsPersistence {
    /// Creates the indexes that are missing. Needs to have succeeded before anything else is
    /// called.
    /// - Throws: ``MongoIndexError`` if jobs cannot be claimed or kept unique.
    public func prepare() async throws {
        _ = try await makeIndexes()
    }

    /// - Returns: what is wrong with indexes that the service can do without, more slowly.
    func makeIndexes() async throws -> [IndexProblem] {
        let problems = try await collection.create(JobIndexes.all)
        let needed = [JobIndexes.claim.name, JobIndexes.unique.name]
        if let problem = problems.first(where: { needed.contains($0.index) }) {
            throw MongoIndexError(description: problem.description)
        }
        return problems
    }

    /// Tells whether jobs can be claimed, also if that takes long.
    /// - Throws: ``JobsError/unavailable(reason:)`` if not.
    public func check() async throws {
        _ = try await get(JobID(""))
        do {
            // The first key of the index of claims.
            _ = try await collection.find(
                ["type": "", "available_at": ["$exists": true]] as BSONLiteral, limit: 1,
                projection: ["_id": 1], hint: JobIndexes.claim, patience: 1000)
        } catch JobsError.timedOut {
            // It reads all jobs, and so will claims: slowly, but they are served.
        }
    }

    /// Looks after the indexes until the task is cancelled: every minute, and at once when one was
    /// missed. What is missing is made again; until then commands do without.
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
                    // The next look tries again; that the database is away is said elsewhere.
                    logger.debug("Failed to look after the indexes", error: error)
                }
                // Several misses of one index are one reason to look.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// All, and those of the limits that this instance cleans by.
    private var wantedIndexes: [JobIndexes.Index] {
        JobIndexes.all + cleanedLimits.withLock { $0 }.map(JobIndexes.exhausted)
    }

    private static let inspectionInterval = Duration.seconds(60)
}
