/// The id of a job: a string on the wire and in the database.
///
/// New ids are UUIDs of version 7 (RFC 9562) without dashes, 32 hex digits, so their order is the
/// order of creation. Other ids, such as UUIDs of version 4 from older services or any string that
/// an operator wrote into the database, are kept as they are. Two ids are equal if their bytes are
/// equal.
public struct JobID: Sendable {
    private let form: HexOrText

    /// Creates an id from its string. Every string is accepted.
    public init(_ text: String) {
        form = HexOrText(text)
    }

    init(_ number: HexNumber) {
        form = .number(number)
    }

    /// The digits of an id in the usual form, else nil.
    var number: HexNumber? { form.number }

    /// When the id was created, if it is a UUID of version 7; else `nil`.
    package var creationTime: Timestamp? {
        guard let number, number.high >> 12 & 0xF == 7, number.low >> 62 == 0b10 else { return nil }
        return Timestamp(milliseconds: Int64(number.high >> 16))
    }
}

extension JobID: CustomStringConvertible {
    public var description: String { form.description }
}

extension JobID: Hashable, Comparable {
    /// Compares the strings byte by byte, in the same order as MongoDB.
    public static func < (left: JobID, right: JobID) -> Bool {
        if let left = left.number, let right = right.number { return left < right }
        return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
