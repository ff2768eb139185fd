/// Patterns of keys; `*` matches one part of a key, or all remaining parts at the end.
struct KeyPatterns: Sendable, ExpressibleByArrayLiteral {
    private var patterns: [[Substring]]

    init(arrayLiteral patterns: String...) {
        self.patterns = patterns.map { $0.split(separator: ".") }
    }

    /// The patterns as they were written.
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
