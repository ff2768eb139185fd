/// The format of log lines.
enum LogFormat: String, Sendable, CaseIterable {
    /// `[<correlation id>:<LEVEL>:<time>] message: error key=value`, the format of the original
    /// services.
    case text
    /// A JSON object, for programs.
    case json

    /// The line for an event, which ends with its only line feed.
    func line(for record: LogRecord) -> String {
        switch self {
        case .text: record.text.escapingControls { $0.escaped(asASCII: true) } + "\n"
        case .json: record.json.escapingControls(\.escapedAsJSON) + "\n"
        }
    }
}

extension String {
    /// The text with control characters escaped, such as the line feeds that a caller may put into
    /// a correlation id to forge lines or to command a terminal; also the characters that some
    /// readers take for line ends or that change the direction of text.
    fileprivate func escapingControls(_ escape: (Unicode.Scalar) -> String) -> String {
        // 0xC2 begins the controls U+0080 to U+009F, 0xD8 and 0xE2 the others, and some harmless
        // ones.
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
    /// The escape inside a JSON string, for characters below U+10000.
    fileprivate var escapedAsJSON: String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
