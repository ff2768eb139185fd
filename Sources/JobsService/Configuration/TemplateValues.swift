/// Placeholders for the values of variables while a configuration is parsed, so that the syntax of
/// YAML or JSON does not apply to the characters of a value.
///
/// The text is parsed with a number in place of each value, and the numbers in the result are then
/// replaced. Placeholders are numbers since a number is valid wherever a value is, even in JSON
/// without quotes.
struct TemplateValues {
    /// The placeholders by the names of the variables.
    let placeholders: [String: String]
    private let values: [(name: String, value: String)]
    private let prefix: String

    private static let digits = 6

    /// - Parameter template: The text of the template; placeholders differ from all numbers in it.
    init(_ values: [String: String], in template: String) {
        var prefix: String
        repeat {
            prefix = "7" + (0..<25).map { _ in String(Int.random(in: 0...9)) }.joined()
        } while template.contains(prefix)
        self.prefix = prefix
        self.values = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.droppingLineEnds) }
        placeholders = Dictionary(
            uniqueKeysWithValues: self.values.enumerated().map { index, variable in
                let number = String(index)
                let zeros = String(repeating: "0", count: Self.digits - number.count)
                // An empty value counts as not set.
                return (variable.name, variable.value.isEmpty ? "" : prefix + zeros + number)
            })
    }

    /// The text with the values in place of the placeholders.
    func fill(_ text: String) -> String {
        replacing(in: text) { $0.value }
    }

    /// The text with the names of the variables in place of the placeholders, for messages: values
    /// may be secrets.
    func name(in text: String) -> String {
        replacing(in: text) { "{{\($0.name)}}" }
    }

    private func replacing(
        in text: String, by replacement: ((name: String, value: String)) -> String
    ) -> String {
        guard text.contains(prefix) else { return text }
        var filled = ""
        var rest = text[...]
        while let place = rest.firstRange(of: prefix) {
            let number = rest[place.upperBound...].prefix(Self.digits)
            filled += rest[..<place.lowerBound]
            if let index = Int(number), values.indices.contains(index) {
                filled += replacement(values[index])
            }
            rest = rest[number.endIndex...]
        }
        return filled + rest
    }
}

extension TemplateValues {
    func fill(_ node: ConfigNode) -> ConfigNode {
        switch node {
        case .null: .null
        case .scalar(let text): .scalar(fill(text))
        case .list(let items): .list(items.map(fill))
        case .map(let entries):
            .map(entries.map { ConfigNode.Entry(key: fill($0.key), node: fill($0.node)) })
        }
    }
}

extension String {
    /// The text without trailing line ends, which files and tools often append to secrets.
    fileprivate var droppingLineEnds: String {
        var scalars = Substring(self).unicodeScalars
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
