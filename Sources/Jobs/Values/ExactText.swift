/// A string that is compared byte by byte, as clients and databases do.
///
/// `String` compares canonically: an `é` of one scalar is equal to an `é` of two.
public struct ExactText: Hashable, Sendable {
    /// The string itself.
    public let text: String

    /// Creates a text from a string.
    public init(_ text: String) {
        self.text = text
    }

    public static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
