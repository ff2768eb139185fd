/// The fencing token of a lease: who shows it is the one to whom the job was handed out last.
///
/// 128 random bits, new at every start and constant through extensions. To callers an opaque string.
public struct LockToken: Sendable, Hashable {
    /// Nil for a string that is no token of ours.
    let number: HexNumber?

    /// A token as a caller shows it. One that was never handed out equals no lease's token.
    public init(_ text: String) {
        number = HexNumber(text)
    }

    private init(number: HexNumber) {
        self.number = number
    }

    public static func random() -> LockToken {
        LockToken(
            number: HexNumber(
                high: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 0...UInt64.max)))
    }

    /// Whether the lease that this token belongs to is the one that `shown` speaks of.
    public func matches(_ shown: LockToken) -> Bool {
        number != nil && number == shown.number
    }
}

extension LockToken: CustomStringConvertible {
    public var description: String { number?.text ?? "" }
}
