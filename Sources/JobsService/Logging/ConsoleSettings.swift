/// The format and the level of the log lines of the process.
struct ConsoleSettings: Sendable, Equatable {
    var level = ConsoleLevel.info
    /// The format; `nil` for that of another logger of the file.
    var format: LogFormat?
    /// The reason why the level is not the one in the file.
    var mistake: ConfigError?

    /// Merges several loggers of a file, since there is one console: the most verbose level, and
    /// the first format that is set.
    init(merging loggers: [ConsoleSettings]) {
        level = loggers.map(\.level).max() ?? .info
        format = loggers.lazy.compactMap(\.format).first
        mistake = loggers.lazy.compactMap(\.mistake).first
    }

    init(level: ConsoleLevel = .info, format: LogFormat? = nil) {
        self.level = level
        self.format = format
    }
}
