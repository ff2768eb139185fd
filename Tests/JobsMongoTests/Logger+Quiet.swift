import Logging

extension Logger {
    /// A logger whose output the test ignores.
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
