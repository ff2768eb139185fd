/// The id of a job: a string on the wire and in the database.
///
/// New ids are UUIDs of version 7 (RFC 9562) without dashes, 32 hex digits, so their order is the
/// order of creation. Other ids, such as UUIDs of version 4 from older services or any string that
/// an operator wrote into the database, are kept as they are. Two ids are equal if their bytes are
/// equal.
public struct JobID: Sendable {
    private enum Form {
        case number(HexNumber)
        case text(String)
    }

    private let form: Form

    /// Creates an id from its string. Every string is accepted.
    public init(_ text: String) {
        form = HexNumber(text).map(Form.number) ?? .text(text)
    }

    init(_ number: HexNumber) {
        form = .number(number)
    }

    /// The digits of an id in the usual form, else nil.
    var number: HexNumber? {
        guard case .number(let number) = form else { return nil }
        return number
    }

    /// When the id was created, if it is a UUID of version 7; else `nil`.
    package var creationTime: Timestamp? {
        guard let number, number.high >> 12 & 0xF == 7, number.low >> 62 == 0b10 else { return nil }
        return Timestamp(milliseconds: Int64(number.high >> 16))
    }
}

extension JobID: CustomStringConvertible {
    public var description: String {
        switch form {
        case .number(let number): number.text
        case .text(let text): text
        }
    }
}

extension JobID: Hashable, Comparable {
    public static func == (left: JobID, right: JobID) -> Bool {
        switch (left.form, right.form) {
        case (.number(let left), .number(let right)): left == right
        // Not `==` of strings: it treats composed and decomposed characters as equal.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    /// Compares the strings byte by byte, in the same order as MongoDB.
    public static func < (left: JobID, right: JobID) -> Bool {
        if case (.number(let left), .number(let right)) = (left.form, right.form) {
            return left < right
        }
        return left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        switch form {
        case .number(let number): hasher.combine(number)
        case .text(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}

/// A generator of ids that increase, also within a millisecond and after the clock steps back.
///
/// It uses method 1 of RFC 9562, section 6.2. The 12 bits after the milliseconds are a counter that
/// starts from a random value in the lower half. When the counter overflows, the generator uses the
/// next millisecond ahead of time. The last 62 bits are random, so instances need no coordination.
public struct JobIDGenerator: Sendable {
    private var lastMilliseconds: Int64 = 0
    private var counter: UInt64 = 0

    /// Creates a generator that has not made any id.
    public init() {}

    /// Makes an id that is greater than every id that this generator made before.
    ///
    /// - Parameter now: The time of creation, which becomes part of the id.
    public mutating func next(at now: Timestamp) -> JobID {
        if now.milliseconds > lastMilliseconds {
            restart(at: now.milliseconds)
        } else {
            counter += 1
            if counter > 0xFFF { restart(at: lastMilliseconds + 1) }
        }
        let milliseconds = UInt64(truncatingIfNeeded: lastMilliseconds) & 0xFFFF_FFFF_FFFF
        return JobID(
            HexNumber(
                high: milliseconds << 16 | 0x7000 | counter,
                low: UInt64.random(in: 0...UInt64.max) >> 2 | 1 << 63))
    }

    private mutating func restart(at milliseconds: Int64) {
        lastMilliseconds = milliseconds
        counter = UInt64.random(in: 0...0x7FF)
    }
}
