public import JSON

/// Why an attempt failed, as its worker reports it.
///
/// Lengths count Unicode scalars. A type or message that is too long is cut, because a long message
/// must not turn a failure into an error.
public struct AttemptError: Sendable, Hashable {
    /// The kind of error, such as the name of its class, at most ``maximumTypeLength`` scalars.
    public var type: String? {
        didSet { type = type?.cut(to: Self.maximumTypeLength) }
    }
    /// What happened, for people, at most ``maximumMessageLength`` scalars.
    public var message: String? {
        didSet { message = message?.cut(to: Self.maximumMessageLength) }
    }
    /// Any JSON value, at most ``maximumDetailsBytes`` bytes.
    public var details: JSONText?

    /// The maximum length of ``type``, in Unicode scalars.
    public static let maximumTypeLength = 200
    /// The maximum length of ``message``, in Unicode scalars.
    public static let maximumMessageLength = 4000
    /// The maximum size of ``details``, in bytes of JSON.
    public static let maximumDetailsBytes = 64 << 10

    /// Creates an error. A type or message that is too long is cut.
    public init(type: String? = nil, message: String? = nil, details: JSONText? = nil) {
        self.type = type?.cut(to: Self.maximumTypeLength)
        self.message = message?.cut(to: Self.maximumMessageLength)
        self.details = details
    }
}

extension String {
    /// The first `count` Unicode scalars.
    fileprivate func cut(to count: Int) -> String {
        // A scalar has at least one byte.
        guard utf8.count > count else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}
