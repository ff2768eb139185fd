/// The key that errors of the same cause share: the message without the parts that differ from one
/// job to the next.
///
/// Numbers, ids and quoted parts become `#`, so `order 17: "ann" not found after 3.2 s` and the
/// same of order 18 have the key `order #: # not found after # s`. Errors without a message have
/// their type as the key.
public enum ErrorKey {
    /// The maximum length of a key, in Unicode scalars.
    public static let maximumLength = 200
    /// The key of errors that say nothing.
    static let unknown = "unknown"

    /// Returns the key of an error, which is never empty.
    ///
    /// The cost is linear in the length of the message.
    public static func of(_ error: AttemptError?) -> String {
        for text in [error?.message, error?.type] {
            guard let text else { continue }
            let key = of(text)
            if !key.isEmpty { return key }
        }
        return unknown
    }

    static func of(_ message: String) -> String {
        let scalars = Array(message.unicodeScalars)
        let quotes = Quotes(scalars)
        var key = KeyText()
        var index = 0
        while index < scalars.count, !key.isFull {
            let scalar = scalars[index]
            if let end = quotes.end(of: index) {
                key.appendGap()
                index = end + 1
            } else if scalar.isWordPart {
                let end = scalars[index...].firstIndex { !$0.isWordPart } ?? scalars.count
                if let idEnd = uuidEnd(scalars, index) {
                    key.appendGap()
                    index = idEnd
                } else {
                    key.append(word: scalars[index..<end])
                    index = end
                }
            } else {
                key.append(scalar)
                index += 1
            }
        }
        return key.text
    }

    /// - Returns: The end of the UUID that begins at `start`; `nil` if there is none.
    private static func uuidEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        let end = start + 36
        guard end <= scalars.count, end == scalars.count || !scalars[end].isWordPart else {
            return nil
        }
        let hyphens = [8, 13, 18, 23]
        let isUUID = (0..<36).allSatisfy { offset in
            let scalar = scalars[start + offset]
            return hyphens.contains(offset) ? scalar == "-" : scalar.isHexDigit
        }
        return isUUID ? end : nil
    }
}

/// The text of a key as it grows.
private struct KeyText {
    private var scalars: [Unicode.Scalar] = []
    /// The number of scalars up to the last gap; 0 if more than punctuation has followed since.
    private var gapEnd = 0

    private static let gap: Unicode.Scalar = "#"
    /// The characters between two numbers of one date, address or list.
    private static let joints = Set(" ,.:;/+-".unicodeScalars)

    /// Whether what follows cannot change the key.
    var isFull: Bool { scalars.count > ErrorKey.maximumLength }

    var text: String {
        var all = scalars.prefix(ErrorKey.maximumLength)
        if all.last == " " { all.removeLast() }
        return String(String.UnicodeScalarView(all))
    }

    /// Marks a part that was taken out. What stood between it and another one is taken out as well,
    /// so that dates and lists of numbers are one gap.
    mutating func appendGap() {
        if gapEnd > 0 {
            scalars.removeSubrange(gapEnd...)
        } else {
            scalars.append(Self.gap)
            gapEnd = scalars.count
        }
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isBlank {
            if scalars.last == " " || scalars.isEmpty { return }
            scalars.append(" ")
            return
        }
        if !Self.joints.contains(scalar) { gapEnd = 0 }
        scalars.append(scalar)
    }

    /// Appends a word without its numbers. One in which letters and digits take turns is an id.
    mutating func append(word: ArraySlice<Unicode.Scalar>) {
        let leading = word.prefix { $0.isDigit }.count
        let rest = word.dropFirst(leading)
        let letters = rest.prefix { !$0.isDigit }.count
        let trailing = rest.dropFirst(letters)
        let isHex =
            word.count >= 8 && trailing.count + leading > 0
            && word.allSatisfy(\.isHexDigit)
        let isMixed = !trailing.allSatisfy { $0.isDigit } || (leading > 0 && !trailing.isEmpty)
        guard !isHex, !isMixed else { return appendGap() }
        if leading > 0 { appendGap() }
        if letters > 0 {
            gapEnd = 0
            scalars += rest.prefix(letters)
        }
        if !trailing.isEmpty { appendGap() }
    }
}

/// The quoted parts of a message.
private struct Quotes {
    private let scalars: [Unicode.Scalar]
    /// The last place where a quote can end, by the scalar that ends it.
    private var lastEnds: [Unicode.Scalar: Int] = [:]

    /// The quotes, by the scalar that begins them.
    private static let pairs: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "'": "'", "`": "`", "\u{201C}": "\u{201D}", "\u{2018}": "\u{2019}",
        "\u{AB}": "\u{BB}",
    ]
    private static let ends = Set(pairs.values)

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        for index in scalars.indices where Self.ends.contains(scalars[index]) && canEnd(index) {
            lastEnds[scalars[index]] = index
        }
    }

    /// - Returns: The place where the quote that begins at `start` ends; `nil` if none begins
    ///   there, or it does not end.
    func end(of start: Int) -> Int? {
        guard let end = Self.pairs[scalars[start]], let last = lastEnds[end], last > start,
            start == 0 || !(scalars[start - 1].isWordPart || scalars[start - 1] == "\\")
        else { return nil }
        // There is an end, since `last` is one. The caller takes the quote out, so no scalar is
        // looked at twice.
        return scalars[(start + 1)...].indices.first { scalars[$0] == end && canEnd($0) }
    }

    /// Whether a quote can end here: not at an escaped mark, nor at the apostrophe of a word.
    private func canEnd(_ index: Int) -> Bool {
        if index > 0, scalars[index - 1] == "\\" { return false }
        return index + 1 == scalars.count || !scalars[index + 1].isWordPart
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool {
        isASCII ? "0"..."9" ~= self : properties.numericType == .decimal
    }

    fileprivate var isHexDigit: Bool {
        "0"..."9" ~= self || "a"..."f" ~= self || "A"..."F" ~= self
    }

    /// A letter or a digit.
    fileprivate var isWordPart: Bool {
        isASCII
            ? "a"..."z" ~= self || "A"..."Z" ~= self || "0"..."9" ~= self
            : properties.isAlphabetic || properties.numericType == .decimal
    }

    /// White space, and control characters, which could command a terminal.
    fileprivate var isBlank: Bool {
        value < 0x21 || 0x7F..<0xA1 ~= value || (!isASCII && properties.isWhitespace)
    }
}
