/// The id of a job: on the wire and in the database a string, 32 hex digits when made here.
///
/// New ids are UUIDs of version 7 (RFC 9562) without dashes, so that their order is the order of
/// creation. Others, such as the version 4 of older services or anything an operator wrote into
/// the database, are kept as they are. Ids are equal when their bytes are.
public struct JobID: Sendable {
    private enum Form {
        case number(HexNumber)
        case text(String)
    }

    private let form: Form

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

    /// When the id was made, if it is one of those that say so: a UUID of version 7.
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
        // Not `==` of strings, which holds composed and decomposed letters for the same.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    /// The order of the bytes of the strings, as MongoDB orders them.
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

/// Makes ids that grow, also within a millisecond and when the clock steps back.
///
/// RFC 9562, section 6.2, method 1: the 12 bits behind the milliseconds count, starting from a
/// random value in the lower half; when they run out, the next millisecond is used ahead of time.
/// The last 62 bits are random, so that instances need not know of each other.
public struct JobIDGenerator: Sendable {
    private var lastMilliseconds: Int64 = 0
    private var counter: UInt64 = 0

    public init() {}

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
