import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import Prometheus
import UnixSignals

/// Runs the service until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the service. This is the default subcommand.")

    @OptionGroup var options: ConfigOptions

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var unknown: [String] = []

    mutating func validate() throws {
        guard let first = unknown.first else { return }
        if let name = unknown.first(where: JobsCommand.names.contains) {
            throw ValidationError("\(name) must come before \(first)")
        }
        guard first.hasPrefix("-") else { throw ValidationError(Self.noSubcommand(first)) }
        // Without the value, which may be a password after a misspelled option.
        throw ValidationError("Unknown option \(first.prefix { $0 != "=" })")
    }

    private static func noSubcommand(_ name: String) -> String {
        let nearest = EditDistance.nearest(to: name, in: JobsCommand.names.sorted(), within: 2)
        let hint = nearest.map { "; did you mean jobsctl \($0)?" } ?? ""
        return "\(name) is not a subcommand\(hint)"
    }

    mutating func run() async throws {
        OpenFiles.raiseLimit()
        // The end of the log's reader must not end the service.
        signal(SIGPIPE, SIG_IGN)
        defer { ConsoleOutput.flushStandard() }
        let log = ContainerLog()
        let stop = await StopSignals.trap()
        let hangUps = await Reloading.trap()
        do {
            let options = options
            try await stop.run { try await Self.serve(options, stop, hangUps, log) }
            log.stopped()
        } catch {
            log.failed(error)
            throw ExitCode.failure
        }
    }

    private static func serve(
        _ options: ConfigOptions, _ stop: StopSignals, _ hangUps: UnixSignalsSequence,
        _ containerLog: ContainerLog
    ) async throws {
        let file = try options.read()
        let plan = try ContainerPlan(file)
        let level = SharedLevel(plan.console.level)
        let log = bootstrapLogging(plan, level)
        containerLog.use(log, name: plan.info.name, format: plan.console.format ?? .text)
        for warning in plan.warnings { log.warning("\(warning)") }
        log.info("jobs \(Version.current)")
        log.info("Press Control-C to stop the microservice...")
        if file.isBuiltIn { log.info("\(Self.builtIn)") }
        let (metrics, counters) = bootstrapMetrics(plan)
        var container = Container(plan: plan, logger: log, metrics: metrics, counters: counters)
        container.stop = stop
        container.hangUps = hangUps
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        container.manager = manager
        container.onReload = [reload(options, level, log)]
        try await container.run {
            containerLog.started(plan.info.name)
            manager?.tell(.ready)
        }
    }

    private static let builtIn = """
        There is no \(ConfigFile.defaultPath): using the built-in one, which "jobsctl config" prints, on \
        127.0.0.1 unless HTTP_HOST is set
        """

    private static func reload(
        _ options: ConfigOptions, _ level: SharedLevel, _ logger: Logger
    ) -> @Sendable () -> Void {
        let reload = LevelReload(
            level: level, read: { try ContainerPlan(options.read()) }, logger: logger)
        return { reload() }
    }

    /// Sets up all loggers of the process with the format of the configuration and with `level`.
    /// - Returns: The logger for the container as a whole.
    private static func bootstrapLogging(_ plan: ContainerPlan, _ level: SharedLevel) -> Logger {
        let format = plan.console.format ?? .text
        LoggingSystem.bootstrap { ConsoleLogHandler(label: $0, level: level, format: format) }
        var logger = Logger(label: plan.info.name)
        logger[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(plan.info.name)"
        return logger
    }

    /// Sets up the metrics of the process, which are served over HTTP and also logged if the
    /// configuration enables that.
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
