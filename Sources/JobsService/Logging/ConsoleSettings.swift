/// How the process's log lines look, and how many of them there are.
struct ConsoleSettings: Sendable, Equatable {
    var level = ConsoleLevel.info
    /// Nil: whatever another logger of the file says.
    var format: LogFormat?
    /// Why the level is not the one in the file.
    var mistake: ConfigError?

    /// What several loggers of a file come to: the most that one of them shows, in the first format
    /// that one of them names. There is one console.
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
