/// A string that nearly always is 32 lower-case hex digits, which are kept as their number.
///
/// Two are equal if their bytes are equal.
enum HexOrText: Sendable {
    case number(HexNumber)
    case text(String)

    init(_ text: String) {
        self = HexNumber(text).map(HexOrText.number) ?? .text(text)
    }

    /// The number of 32 lower-case hex digits; `nil` for any other string.
    var number: HexNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }
}

extension HexOrText: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let number): number.text
        case .text(let text): text
        }
    }
}

extension HexOrText: Hashable {
    static func == (left: HexOrText, right: HexOrText) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left == right
        // Not `==` of strings: it treats composed and decomposed characters as equal.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .number(let number): hasher.combine(number)
        case .text(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}
