import ArgumentParser
import JobsMongo
import Logging
import Mongo

/// Converts a collection of the older service in Dart to the format of this service.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Migrates the jobs in MongoDB that the service in Dart has written.",
        discussion: """
            That service stored dates as texts, so that claims do not find its jobs. The collection \
            is the one in the configuration file. This service can use it during the migration, \
            the service in Dart cannot. The migration can be interrupted and repeated safely.

            Texts without a time zone are read as UTC. Documents that cannot be read are counted, \
            listed and left unchanged; the exit code is then 1, otherwise 0.
            """)

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Count the jobs to migrate without changing them.")
    var dryRun = false

    /// The number of documents between two log lines about the progress.
    private static let stride = 10_000

    mutating func run() async throws {
        defer { ConsoleOutput.flushStandard() }
        var logger = Logger(label: "jobs") { _ in ConsoleLogHandler() }
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "jobs"
        do {
            let settings = try options.read().mongoSettings()
            var isComplete = true
            for each in settings where try await !migrate(each, logger) { isComplete = false }
            guard isComplete else { throw ExitCode.failure }
        } catch let exit as ExitCode {
            throw exit
        } catch {
            logger.critical("Failed to migrate", error: error)
            throw ExitCode.failure
        }
    }

    /// - Returns: Whether all documents could be read.
    private func migrate(_ settings: MongoSettings, _ logger: Logger) async throws -> Bool {
        let place = "\(settings.connection.database).\(settings.collection)"
        logger.info("\(dryRun ? "Looking at" : "Migrating") \(place)")
        let client = try MongoClient(uri: settings.connection.uri, appName: "jobs-migrate")
        let migration = JobsMigration(
            client: client, database: settings.connection.database,
            collection: settings.collection)
        var reported = 0
        let report: JobsMigration.Report
        do {
            report = try await migration.run(isDryRun: dryRun) { report in
                let done = report.migrated + report.odd
                guard done / Self.stride > reported / Self.stride else { return }
                reported = done
                logger.info("\(report.migrated) jobs so far")
            }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        logger.info(
            "\(place): \(report.migrated) jobs \(dryRun ? "are to be migrated" : "migrated")")
        guard report.odd > 0 else { return true }
        logger.error("\(place): \(report.odd) documents cannot be understood, and were left alone")
        for example in report.examples { logger.error("\(place): \(example)") }
        return false
    }
}

extension ConfigFile {
    /// The settings of the MongoDB components; at least one.
    fileprivate func mongoSettings() throws -> [MongoSettings] {
        let found = components.filter { ComponentKind.mongo.pattern.matches($0.descriptor) }
        guard !found.isEmpty else {
            throw ConfigError(
                file: path,
                "has no component for MongoDB; with the default file, set MONGO_ENABLED",
                .badConfig)
        }
        return try found.map { try MongoSettings($0) }
    }
}
