package import HTTPTypes

extension HTTPFields {
    /// Whether the caller wants an error for what would otherwise be ignored: `Prefer:
    /// handling=strict` (RFC 7240, section 4.4).
    package var asksForStrictHandling: Bool {
        // Few requests have the header; the others need no allocation.
        guard contains(.prefer) else { return false }
        for value in self[values: .prefer] {
            for preference in value.split(separator: ",") {
                // A semicolon separates a preference from its parameters.
                let sides = preference.prefix { $0 != ";" }.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides[0].trimmed.lowercased() == "handling" else { continue }
                // The first of several preferences with the same name counts (section 2).
                guard sides.count == 2 else { return false }
                return ["strict", "\"strict\""].contains(sides[1].trimmed.lowercased())
            }
        }
        return false
    }
}

extension HTTPFields {
    /// Whether the caller asks to be told by this preference, which has no value.
    package func prefers(_ name: String) -> Bool {
        guard contains(.prefer) else { return false }
        return self[values: .prefer].contains { value in
            value.split(separator: ",").contains { $0.trimmed.lowercased() == name }
        }
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
    // A valid field name (an RFC 9110 token).
    static let prefer = HTTPField.Name("Prefer")!
}
