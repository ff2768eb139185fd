import ArgumentParser
import JobsMongo
import Logging
import Mongo

/// Turns a collection that the older service in Dart has written into one that this service works on.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Migrates jobs in MongoDB that the service written in Dart has left.",
        discussion: """
            That service kept dates as texts, which nobody can be handed jobs by. The collection is \
            the one that the configuration file names. It may be in use by this service meanwhile, \
            not by the other one. It does no harm to interrupt the migration, or to repeat it.

            Texts without a time zone are taken for UTC. Documents that cannot be understood are \
            counted, named and left alone; the exit code is 1 then, and 0 otherwise.
            """)

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Count what there is to be migrated, and change nothing.")
    var dryRun = false

    /// How many documents there are between two lines about the progress.
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

    /// - Returns: whether all documents were understood.
    private func migrate(_ settings: MongoSettings, _ logger: Logger) async throws -> Bool {
        let place = "\(settings.connection.database).\(settings.collection)"
        logger.info("\(dryRun ? "Looking at" : "Migrating") \(place)")
        let client = try MongoClient(uri: settings.connection.uri, appName: "jobs-migrate")
        let migration = JobsMigration(
            client: client, database: settings.connection.database,
            collection: settings.collection)
        var told = 0
        let report: JobsMigration.Report
        do {
            report = try await migration.run(isDryRun: dryRun) { report in
                let done = report.migrated + report.odd
                guard done / Self.stride > told / Self.stride else { return }
                told = done
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
    /// What its components for MongoDB say; there is at least one.
    fileprivate func mongoSettings() throws -> [MongoSettings] {
        let found = components.filter { ComponentKind.mongo.pattern.matches($0.descriptor) }
        guard !found.isEmpty else {
            throw ConfigError(
                file: path,
                "has no component for MongoDB in it; with the file that comes along, set MONGO_ENABLED",
                .badConfig)
        }
        return try found.map { try MongoSettings($0) }
    }
}
