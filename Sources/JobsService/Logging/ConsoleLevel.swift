import Logging

/// The level of the console, with the names and numbers of configuration files.
enum ConsoleLevel: Int, Comparable, Sendable {
    case none, fatal, error, warn, info, debug, trace

    /// Creates the level from a name in any case or from a number; `nil` if it is neither.
    init?(_ text: String) {
        switch text.lowercased() {
        case "none", "nothing": self = .none
        case "fatal": self = .fatal
        case "error": self = .error
        case "warn", "warning": self = .warn
        case "info": self = .info
        case "debug": self = .debug
        case "trace": self = .trace
        default:
            guard let level = Int(text).flatMap(ConsoleLevel.init(rawValue:)) else { return nil }
            self = level
        }
    }

    init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info, .notice: .info
            case .warning: .warn
            case .error: .error
            case .critical: .fatal
            }
    }

    /// The lowest level of the logger that is shown; `nil` shows nothing.
    var threshold: Logger.Level? {
        switch self {
        case .none: nil
        case .fatal: .critical
        case .error: .error
        case .warn: .warning
        case .info: .info
        case .debug: .debug
        case .trace: .trace
        }
    }

    /// The name in a log line.
    var name: String {
        switch self {
        case .none: "NONE"
        case .fatal: "FATAL"
        case .error: "ERROR"
        case .warn: "WARN"
        case .info: "INFO"
        case .debug: "DEBUG"
        case .trace: "TRACE"
        }
    }

    static func < (left: ConsoleLevel, right: ConsoleLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
