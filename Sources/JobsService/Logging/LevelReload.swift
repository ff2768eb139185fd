import Logging

/// Makes the level of the console what the configuration file says by now.
struct LevelReload: Sendable {
    let level: SharedLevel
    /// The configuration, read anew.
    let read: @Sendable () throws -> ContainerPlan
    let logger: Logger

    /// Takes over the level and nothing else. Of a file that cannot be read, or that the service
    /// would not start with, it takes nothing. Either is said in one line, whatever the level.
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
