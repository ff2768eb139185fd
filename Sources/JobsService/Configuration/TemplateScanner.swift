/// Splits a template into plain text and tags.
struct TemplateScanner {
    private let template: String
    private var position: String.Index
    private var line = 1

    init(_ template: String) {
        self.template = template
        position = template.startIndex
    }

    /// The text up to the next tag, and the tag, which is `nil` for the text behind the last one.
    /// Returns `nil` at the end.
    mutating func next() throws -> (text: Substring, tag: TemplateTag?)? {
        guard position < template.endIndex else { return nil }
        let rest = template[position...]
        guard let opening = rest.firstRange(of: "{{") else {
            position = template.endIndex
            return (rest, nil)
        }
        let text = template[position..<opening.lowerBound]
        line += text.count(where: \.isNewline)
        let from = template[opening.lowerBound...]
        let (opener, closer) = Self.delimiters(of: from)
        let inside = from.dropFirst(opener.count)
        guard let closing = inside.firstRange(of: closer) else {
            throw TemplateError(line: line, "\(opener) is never closed by \(closer)")
        }
        position = closing.upperBound
        let tag = TemplateTag(
            text: String(template[opening.lowerBound..<position]),
            content: String(inside[..<closing.lowerBound]), opener: opener, line: line,
            isAlone: Self.endsWithBlankLine(template[..<opening.lowerBound])
                && Self.startsWithBlankLine(template[position...]))
        line += tag.text.count(where: \.isNewline)
        return (text, tag)
    }

    private static func delimiters(of tag: Substring) -> (opener: String, closer: String) {
        if tag.hasPrefix("{{{") { return ("{{{", "}}}") }
        if tag.hasPrefix("{{!--") { return ("{{!--", "--}}") }
        return ("{{", "}}")
    }

    private static func endsWithBlankLine(_ text: Substring) -> Bool {
        text.last { $0 != " " && $0 != "\t" }?.isNewline ?? true
    }

    private static func startsWithBlankLine(_ text: Substring) -> Bool {
        text.first { $0 != " " && $0 != "\t" }?.isNewline ?? true
    }
}

/// One `{{...}}` of a template.
struct TemplateTag {
    /// The tag as it was written, with its braces.
    var text: String
    var content: String
    var opener: String
    var line: Int
    /// Whether the line of the tag contains nothing else.
    var isAlone: Bool

    /// The leading marks (`#`, `^`, `#^`, `/`, `/^`, `!`, `&`, `{` or none) and the words behind
    /// them.
    var parts: (sigil: String, words: [String]) {
        switch opener {
        case "{{!--": return ("!", [])
        case "{{{": return ("{", content.split(whereSeparator: \.isWhitespace).map(String.init))
        default:
            let trimmed = content.drop(while: \.isWhitespace)
            if trimmed.first == "!" { return ("!", []) }
            let sigil = trimmed.prefix { "#^/&>=%$<*~".contains($0) }
            let words = trimmed.dropFirst(sigil.count).split(whereSeparator: \.isWhitespace)
            return (String(sigil), words.map(String.init))
        }
    }

    /// - Returns: `name` if it is a valid name of a variable.
    func variable(_ name: String) throws -> String {
        let isName = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName else {
            throw TemplateError(line: line, "\(text) does not name a variable")
        }
        return name
    }
}
