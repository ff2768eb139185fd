/// The fencing token of a lease, which proves that the caller is the current lease holder.
///
/// A token has at least 96 random bits. Every start creates a new token; extensions keep it. For
/// callers, and in the database, it is an opaque string. Two tokens are equal if their bytes are.
public struct LockToken: Sendable {
    private let form: HexOrText

    /// Creates a token from the string that a caller sent or that a store has kept.
    public init(_ text: String) {
        form = HexOrText(text)
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
    var number: HexNumber? { form.number }
}

extension LockToken: Hashable, CustomStringConvertible {
    public var description: String { form.description }
}
