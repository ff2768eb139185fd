import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import Synchronization

/// The program: reads its arguments and its configuration, and runs until it is told to stop.
@main
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Hands out jobs over HTTP, each to one worker at a time.",
        discussion: """
            What runs, and where, is said in a configuration file, a list of components in YAML or \
            JSON. It is a mustache template, filled in with environment variables and with the \
            parameters given here; where both have a name, the environment counts. The file that \
            comes along knows:

              HTTP_PORT             where to listen; 8080 if not set
              MEMORY_ENABLED        keep jobs in memory; also if no other store is enabled
              FILE_ENABLED          keep jobs in the file FILE_PATH
              MONGO_ENABLED         keep jobs in MongoDB: MONGO_SERVICE_URI, or
                                    MONGO_SERVICE_HOST, MONGO_SERVICE_PORT,
                                    MONGO_DB, MONGO_USER and MONGO_PASS;
                                    MONGO_COLLECTION

            Any value enables, also "false"; leave it empty, or unset, for no.

            SIGINT (Control-C) and SIGTERM stop the service: it finishes the requests it has and \
            exits with 0. If it cannot start it says why in one line on standard error and exits \
            with 1.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file; of several the first one counts. (default: \(defaultConfig))",
            valueName: "file"))
    var config: [String] = []

    @Option(
        name: [.customShort("p"), .customLong("param"), .customLong("params")],
        help: ArgumentHelp(
            "A parameter for the configuration file, or several separated by semicolons.",
            valueName: "name=value"))
    var parameters: [String] = []

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var unknown: [String] = []

    private static let defaultConfig = "./config/config.yml"

    mutating func validate() throws {
        do {
            _ = try Parameters.parse(parameters)
        } catch let error as Parameters.Malformed {
            throw ValidationError("\(error)")
        }
    }

    mutating func run() async throws {
        let hasStarted = Mutex(false)
        var logger = Logger(label: "jobs") { _ in ConsoleLogHandler() }
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "jobs"
        do {
            let environment = ProcessInfo.processInfo.environment
            let values = try Parameters.parse(parameters).merging(environment) { $1 }
            let plan = try ContainerPlan(
                ConfigFile(path: config.first ?? Self.defaultConfig, parameters: values))
            logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(plan.info.name)"
            let log = Self.bootstrapLogging(plan)
            for argument in unknown {
                // Without the value, which may be a password behind a slip in the option's name.
                log.warning("Unknown argument \(argument.prefix { $0 != "=" }) is ignored")
            }
            for warning in plan.warnings { log.warning("\(warning)") }
            log.info("Press Control-C to stop the microservice...")
            try await Container(plan: plan, logger: log, counters: Self.bootstrapMetrics(plan))
                .run {
                    hasStarted.withLock { $0 = true }
                    log.info("Container \(plan.info.name) started.")
                }
            log.info("Goodbye!")
        } catch {
            // On the console whatever the configuration says of logs: nobody should have to guess.
            let failed =
                hasStarted.withLock { $0 } ? "Container failed" : "Failed to start container"
            logger.critical("\(failed)", error: error)
            throw ExitCode.failure
        }
    }

    /// Makes all loggers of the process write as the configuration says.
    /// - Returns: the logger for what is about the container as a whole.
    private static func bootstrapLogging(_ plan: ContainerPlan) -> Logger {
        let threshold = plan.consoleLevel.threshold
        LoggingSystem.bootstrap { _ in
            guard let threshold else { return SwiftLogNoOpLogHandler() }
            return ConsoleLogHandler(level: threshold)
        }
        var logger = Logger(label: plan.info.name)
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(plan.info.name)"
        return logger
    }

    /// Makes all metrics of the process go where the configuration says.
    private static func bootstrapMetrics(_ plan: ContainerPlan) -> LogCounters? {
        guard let options = plan.counters else { return nil }
        let counters = LogCounters(options: options, logger: Logger(label: "counters"))
        MetricsSystem.bootstrap(counters)
        return counters
    }
}
