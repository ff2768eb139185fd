/// The fencing token of a lease: who shows it is the one to whom the job was handed out last.
///
/// At least 96 random bits, new at every start and constant through extensions. To callers, and in
/// the database, an opaque string; tokens are equal when their bytes are.
public struct LockToken: Sendable {
    private enum Form: Sendable {
        case number(HexNumber)
        case text(String)
    }

    private let form: Form

    /// A token as a caller shows it, or as a store keeps it.
    public init(_ text: String) {
        form = HexNumber(text).map(Form.number) ?? .text(text)
    }

    /// A token of 128 random bits: 32 lower-case hex digits.
    public static func random() -> LockToken {
        LockToken(
            number: HexNumber(
                high: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 0...UInt64.max)))
    }

    private init(number: HexNumber) {
        form = .number(number)
    }

    /// The digits of a token in the usual form, else nil.
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
