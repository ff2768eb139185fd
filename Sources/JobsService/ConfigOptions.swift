import ArgumentParser
import Foundation

/// The options for the configuration file and the values of its variables.
struct ConfigOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            The configuration file; the first counts if repeated. (default: \
            \(ConfigFile.defaultPath), or the built-in one)
            """,
            valueName: "file"))
    var config: [String] = []

    @Option(
        name: [.customShort("p"), .customLong("param"), .customLong("params")],
        help: ArgumentHelp(
            """
            A parameter for the configuration file, or several separated by semicolons. Do not pass \
            secrets: all users of this machine can see them.
            """,
            valueName: "name=value"))
    var parameters: [String] = []

    mutating func validate() throws {
        do {
            _ = try Parameters.parse(parameters)
        } catch let error as Parameters.Malformed {
            throw ValidationError("\(error)")
        }
    }

    /// Reads the file, or the default one.
    /// - Throws: ``ConfigError``
    func read() throws -> ConfigFile {
        let environment = ProcessInfo.processInfo.environment
        let values = try Parameters.parse(parameters).merging(environment) { $1 }
        guard let path = config.first else { return try ConfigFile(defaultsFor: values) }
        return try ConfigFile(path: path, parameters: values)
    }
}
