import BSON
public import Jobs
public import Logging
public import Mongo

/// The error of a store that cannot start, in one line for the operator and without credentials.
public struct MongoStartError: Error, CustomStringConvertible {
    public let description: String
}

extension MongoJobsPersistence {
    /// Waits until the database is available, and prepares the store.
    ///
    /// A server that cannot be reached is tried again until `timeout` has passed. Refused
    /// credentials and other permanent errors fail at once.
    ///
    /// - Parameter client: The client of the store. It is shut down if the start fails.
    /// - Throws: ``MongoStartError``; ``MongoIndexError`` if a required index is missing and cannot
    ///   be created.
    public static func start(
        on client: MongoClient, uri: MongoURI, database: String, collection: String,
        maxPageSize: Int, listTimeout: Duration = .seconds(5),
        observer: any JobObserver = IgnoringObserver(),
        timeout: Duration, logger: Logger
    ) async throws -> MongoJobsPersistence {
        do {
            try await waitUntilReachable(uri, database, timeout: timeout, logger)
            let store = MongoJobsPersistence(
                client: client, database: database, collection: collection,
                maxPageSize: maxPageSize, listTimeout: listTimeout, observer: observer)
            for problem in try await store.makeIndexes() { logger.warning("\(problem)") }
            try await store.warnOfTextDates(logger)
            return store
        } catch let error as MongoIndexError {
            await client.shutdown()
            throw error
        } catch {
            await client.shutdown()
            throw MongoStartError(description: "Connection to mongodb failed: \(uri): \(error)")
        }
    }

    /// Waits with a separate client, which has a shorter timeout than the client of the store.
    private static func waitUntilReachable(
        _ uri: MongoURI, _ database: String, timeout: Duration, _ logger: Logger
    ) async throws {
        let end = ContinuousClock.now + timeout
        let patience = min(timeout, .seconds(2)).wholeMilliseconds
        let probe = try MongoClient(
            uri: uri.setting("serverSelectionTimeoutMS", to: "\(max(patience, 1))"),
            appName: "jobs-start")
        var said = ""
        do {
            while true {
                do {
                    try await checkPrimary(probe, database)
                    break
                } catch let error as MongoError {
                    guard [.unreachable, .notPrimary, .unknownOutcome].contains(error.kind),
                        ContinuousClock.now < end
                    else { throw error }
                    if "\(error)" != said {
                        logger.warning("MongoDB is not available yet, trying again", error: error)
                        said = "\(error)"
                    }
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
        } catch {
            await probe.shutdown()
            throw error
        }
        await probe.shutdown()
    }

    /// Checks that there is a primary. If the URI names a server without its replica set, the
    /// server also answers while the set has no primary or is not initiated yet.
    private static func checkPrimary(_ probe: MongoClient, _ database: String) async throws {
        let hello = try await probe.run(BSONDocument(["hello": 1]), on: database, as: .plain)
        guard hello["isWritablePrimary"]?.bool == true else {
            throw MongoError(.notPrimary, message: "The server is not the primary")
        }
    }

    /// Logs a warning if there are documents that have to be migrated before they can be claimed.
    private func warnOfTextDates(_ logger: Logger) async throws {
        let found = try await collection.find(
            ["type": ["$gte": ""], "priority": .null, "created": ["$type": "string"]]
                as BSONLiteral,
            limit: 1, projection: ["_id": 1], hint: JobIndexes.unadopted)
        guard !found.isEmpty else { return }
        logger.warning(
            """
            The collection \(collection.name) has jobs whose dates are texts; they are not handed out \
            until `jobsctl migrate` has run
            """
        )
    }
}
