import Logging

extension Logger {
    /// The logger without what is below warnings: for a library whose other events mean nothing to
    /// operators.
    var ofWarnings: Logger {
        guard logLevel < .warning else { return self }
        var logger = self
        logger.logLevel = .warning
        return logger
    }
}
