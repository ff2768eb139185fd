package import HTTPTypes

extension HTTPFields {
    /// Whether the caller wants what would be ignored to be refused: `Prefer: handling=strict`
    /// (RFC 7240, section 4.4).
    package var asksForStrictHandling: Bool {
        // Few requests have the header, and nothing is put together for the others.
        guard contains(.prefer) else { return false }
        for value in self[values: .prefer] {
            for preference in value.split(separator: ",") {
                // Parameters of a preference stand behind a semicolon.
                let sides = preference.prefix { $0 != ";" }.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides[0].trimmed.lowercased() == "handling" else { continue }
                // Of several with one name the first one counts (section 2).
                guard sides.count == 2 else { return false }
                return ["strict", "\"strict\""].contains(sides[1].trimmed.lowercased())
            }
        }
        return false
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let last = lastIndex(where: { !isBlank($0) }) else { return "" }
        return self[...last].drop(while: isBlank)
    }
}

extension HTTPField.Name {
    // A token by the rules of HTTP.
    static let prefer = HTTPField.Name("Prefer")!
}
