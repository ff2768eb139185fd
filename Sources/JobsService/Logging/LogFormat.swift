/// How an event is written.
enum LogFormat: String, Sendable, CaseIterable {
    /// `[<correlation id>:<LEVEL>:<time>] message: error key=value`, as operators know it.
    case text
    /// An object of JSON, for programs.
    case json

    /// The line for an event, with the line feed that ends it; there is no other in it.
    func line(for record: LogRecord) -> String {
        switch self {
        case .text: record.text.escapingControls { $0.escaped(asASCII: true) } + "\n"
        case .json: record.json.escapingControls(\.escapedAsJSON) + "\n"
        }
    }
}

extension String {
    /// With line feeds and other control characters, which a caller may have put into a correlation
    /// id to forge lines or to command a terminal, written as escapes; and so those that end lines or
    /// turn the direction of text for some readers.
    fileprivate func escapingControls(_ escape: (Unicode.Scalar) -> String) -> String {
        // 0xC2 begins the controls U+0080 to U+009F, 0xD8 and 0xE2 the others, and some harmless ones.
        guard
            utf8.contains(where: {
                $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2
            })
        else { return self }
        var escaped = ""
        for scalar in unicodeScalars {
            let isHarmful =
                scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
                || scalar == "\u{2028}" || scalar == "\u{2029}"
            escaped += isHarmful ? escape(scalar) : String(scalar)
        }
        return escaped
    }
}

extension Unicode.Scalar {
    /// Inside a string of JSON; for what lies below U+10000.
    fileprivate var escapedAsJSON: String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
