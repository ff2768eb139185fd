/// The fencing token of a lease, which proves that the caller is the current lease holder.
///
/// A token has at least 96 random bits. Every start creates a new token; extensions keep it. For
/// callers, and in the database, it is an opaque string. Two tokens are equal if their bytes are.
public struct LockToken: Sendable {
    private enum Form: Sendable {
        case number(HexNumber)
        case text(String)
    }

    private let form: Form

    /// Creates a token from the string that a caller sent or that a store has kept.
    public init(_ text: String) {
        form = HexNumber(text).map(Form.number) ?? .text(text)
    }

    /// Creates a new token of 128 random bits, written as 32 lower-case hex digits.
    public static func random() -> LockToken {
        LockToken(
            number: HexNumber(
                high: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 0...UInt64.max)))
    }

    private init(number: HexNumber) {
        form = .number(number)
    }

    /// The value of a token of 32 lower-case hex digits; `nil` for any other token.
    var number: HexNumber? {
        guard case .number(let number) = form else { return nil }
        return number
    }
}

extension LockToken: CustomStringConvertible {
    public var description: String {
        switch form {
        case .number(let number): number.text
        case .text(let text): text
        }
    }
}

extension LockToken: Hashable {
    public static func == (left: LockToken, right: LockToken) -> Bool {
        switch (left.form, right.form) {
        case (.number(let left), .number(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch form {
        case .number(let number): hasher.combine(number)
        case .text(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}
