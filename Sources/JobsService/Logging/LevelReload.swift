import Logging

/// Reloads the level of the console from the configuration file.
struct LevelReload: Sendable {
    let level: SharedLevel
    /// Reads the configuration again.
    let read: @Sendable () throws -> ContainerPlan
    let logger: Logger

    /// Applies the level and nothing else. A file that cannot be read, or that the service would
    /// not start with, changes nothing. Both outcomes are logged in one line at every level.
    func callAsFunction() {
        // An operator has requested the reload and expects a confirmation.
        var logger = logger
        logger.logLevel = .info
        do {
            let console = try read().console
            if let mistake = console.mistake { throw mistake }
            level.level = console.level
            logger.info("Log level is now \(console.level.name.lowercased())")
        } catch {
            logger.error("The log level stays \(level.level.name.lowercased())", error: error)
        }
    }
}
