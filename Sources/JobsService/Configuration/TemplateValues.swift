/// Stands in for the values of variables while the text around them is parsed, so that a value is taken as
/// it is, whatever YAML or JSON would make of its characters.
///
/// Each value has a number that the text has instead; the numbers are replaced in what was parsed. Numbers,
/// since they may stand wherever a value may, also in JSON without quotes.
struct TemplateValues {
    /// The numbers by the names of the variables.
    let placeholders: [String: String]
    private let values: [(name: String, value: String)]
    private let prefix: String

    private static let digits = 6

    /// - Parameter template: numbers that are in it already are not used.
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
                // Empty ones count as not set.
                return (variable.name, variable.value.isEmpty ? "" : prefix + zeros + number)
            })
    }

    /// The text with the values in it.
    func fill(_ text: String) -> String {
        replacing(in: text) { $0.value }
    }

    /// The text with the names of the variables in it, for messages: values may be secrets.
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
    /// Without the line ends behind it, which files and tools that secrets come from leave there.
    fileprivate var droppingLineEnds: String {
        var scalars = Substring(self).unicodeScalars
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }
}
