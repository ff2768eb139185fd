/// The parameters that fill the variables of a configuration file.
enum Parameters {
    /// Parses pairs `NAME=VALUE` that are separated by semicolons. Blanks around names and values
    /// are dropped. The last value of a name counts.
    /// - Throws: ``Malformed`` for a text that is not such a pair.
    static func parse(_ arguments: [String]) throws -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in arguments.flatMap({ $0.split(separator: ";") }) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = sides[0].trimmingBlanks
            if name.isEmpty, sides.count == 1 { continue }
            guard sides.count == 2, !name.isEmpty else { throw Malformed(text: String(pair)) }
            parameters[name] = sides[1].trimmingBlanks
        }
        return parameters
    }

    struct Malformed: Error, Equatable, CustomStringConvertible {
        var text: String
        var description: String { "\"\(text)\" is not of the form NAME=VALUE" }
    }
}
