/// Keys of a component; `*` stands for one part of a key, or, at the end, for all further parts.
struct KeyPatterns: Sendable, ExpressibleByArrayLiteral {
    private var patterns: [[Substring]]

    init(arrayLiteral patterns: String...) {
        self.patterns = patterns.map { $0.split(separator: ".") }
    }

    /// As they were written.
    var all: [String] { patterns.map { $0.joined(separator: ".") } }

    func contains(_ key: String) -> Bool {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        return patterns.contains { pattern in
            guard
                pattern.count == parts.count || (pattern.last == "*" && pattern.count < parts.count)
            else { return false }
            return zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    static func + (left: KeyPatterns, right: KeyPatterns) -> KeyPatterns {
        var sum = left
        sum.patterns += right.patterns
        return sum
    }
}
