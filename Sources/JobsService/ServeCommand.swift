import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import Prometheus
import Synchronization
import UnixSignals

/// Runs the service until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the service. Without the name of a subcommand, that is what is done.")

    @OptionGroup var options: ConfigOptions

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var unknown: [String] = []

    mutating func validate() throws {
        // Else the service would start where somebody wanted something else.
        if let name = unknown.first(where: JobsCommand.names.contains) {
            throw ValidationError("\(name) has to stand before \(unknown[0])")
        }
        // Options that nobody knows, and what stands behind them, were always passed over.
        if let name = unknown.first, !name.hasPrefix("-") {
            throw ValidationError("\(name) is no subcommand")
        }
    }

    mutating func run() async throws {
        OpenFiles.raiseLimit()
        // A reader of the log that ends must not end the service.
        signal(SIGPIPE, SIG_IGN)
        defer { ConsoleOutput.flushStandard() }
        let hasStarted = Mutex(false)
        var logger = Logger(label: "jobs") { _ in ConsoleLogHandler() }
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "jobs"
        let hangUps = await Reloading.trap()
        do {
            let plan = try ContainerPlan(options.read())
            let format = plan.console.format ?? .text
            logger = Logger(label: plan.info.name) { ConsoleLogHandler(label: $0, format: format) }
            logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(plan.info.name)"
            let level = SharedLevel(plan.console.level)
            let log = Self.bootstrapLogging(plan, level)
            for argument in unknown {
                // Without the value, which may be a password behind a slip in the option's name.
                log.warning("Unknown argument \(argument.prefix { $0 != "=" }) is ignored")
            }
            for warning in plan.warnings { log.warning("\(warning)") }
            log.info("Press Control-C to stop the microservice...")
            let (metrics, counters) = Self.bootstrapMetrics(plan)
            var container = Container(
                plan: plan, logger: log, metrics: metrics, counters: counters)
            container.hangUps = hangUps
            container.onReload = [reload(level, log)]
            try await container.run {
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

    private func reload(_ level: SharedLevel, _ logger: Logger) -> @Sendable () -> Void {
        let options = options
        let reload = LevelReload(
            level: level, read: { try ContainerPlan(options.read()) }, logger: logger)
        return { reload() }
    }

    /// Makes all loggers of the process write as the configuration says, and as much as `level` does.
    /// - Returns: the logger for what is about the container as a whole.
    private static func bootstrapLogging(_ plan: ContainerPlan, _ level: SharedLevel) -> Logger {
        let format = plan.console.format ?? .text
        LoggingSystem.bootstrap { ConsoleLogHandler(label: $0, level: level, format: format) }
        var logger = Logger(label: plan.info.name)
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(plan.info.name)"
        return logger
    }

    /// Makes all metrics of the process go where they can be asked for, and into the log if the
    /// configuration says so.
    private static func bootstrapMetrics(_ plan: ContainerPlan)
        -> (metrics: PrometheusMetrics, logged: LogCounters?)
    {
        let metrics = PrometheusMetrics(ServiceMetrics.descriptions)
        let logged = plan.counters.map {
            LogCounters(options: $0, logger: Logger(label: "counters"))
        }
        if let logged {
            MetricsSystem.bootstrap(MultiplexMetricsHandler(factories: [metrics, logged]))
        } else {
            MetricsSystem.bootstrap(metrics)
        }
        return (metrics, logged)
    }
}
