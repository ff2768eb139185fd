/// ISO 8601, the wire's form of a moment: `2026-11-24T02:05:04.107Z`, always UTC with three digits.
///
/// Written by hand because Foundation's styles go through a `Double` and print one millisecond too
/// few for half of all values.
extension Timestamp: CustomStringConvertible {
    public var description: String { iso8601.string }

    /// The 24 ASCII characters, without allocating.
    var iso8601: ShortText {
        let (days, time) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let date = CivilDate(day: days)
        return ShortText(count: 24) { text in
            text.write(Int64(date.year), digits: 4, at: 0)
            text[4] = UInt8(ascii: "-")
            text.write(Int64(date.month), digits: 2, at: 5)
            text[7] = UInt8(ascii: "-")
            text.write(Int64(date.day), digits: 2, at: 8)
            text[10] = UInt8(ascii: "T")
            text.write(time / 3_600_000, digits: 2, at: 11)
            text[13] = UInt8(ascii: ":")
            text.write(time / 60_000 % 60, digits: 2, at: 14)
            text[16] = UInt8(ascii: ":")
            text.write(time / 1000 % 60, digits: 2, at: 17)
            text[19] = UInt8(ascii: ".")
            text.write(time % 1000, digits: 3, at: 20)
            text[23] = UInt8(ascii: "Z")
        }
    }

    /// Reads a date, or a date and a time with any precision and offset; without a zone it is UTC.
    ///
    /// Digits beyond milliseconds are dropped. Nil for anything else, also for the 30th of
    /// February.
    public init?(iso8601 text: String) {
        var digits = ASCIIReader(text)
        guard let year = digits.number(of: 4), year >= 1, digits.skip("-"),
            let month = digits.number(of: 2), 1...12 ~= month, digits.skip("-"),
            let day = digits.number(of: 2),
            let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        var milliseconds = date.daysSince1970 * 86_400_000
        if !digits.isAtEnd {
            guard digits.skip("T") || digits.skip("t") || digits.skip(" "),
                let time = digits.timeOfDay(), let offset = digits.offset(), digits.isAtEnd
            else { return nil }
            milliseconds += time - offset
        }
        guard Self.range.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// Reads the parts of an ISO 8601 text one after the other.
private struct ASCIIReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int64? {
        guard let byte = rest.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
            return nil
        }
        rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }

    mutating func number(of count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fraction`, in milliseconds. 24:00 is the day's end.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(of: 2), hour <= 24, skip(":"), let minute = number(of: 2),
            minute < 60
        else { return nil }
        var milliseconds = hour * 3_600_000 + minute * 60_000
        if skip(":") {
            guard let second = number(of: 2), second < 60 else { return nil }
            milliseconds += second * 1000
            if skip(".") || skip(",") {
                guard
                    var unit = digit().map({
                        milliseconds += $0 * 100
                        return Int64(10)
                    })
                else { return nil }
                while let digit = digit() {
                    milliseconds += digit * unit
                    unit /= 10
                }
            }
        }
        return milliseconds <= 86_400_000 ? milliseconds : nil
    }

    /// `Z`, `+hh:mm`, `-hhmm`, `+hh` or nothing, in milliseconds east of UTC.
    mutating func offset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("-") ? -1 : 1
        guard sign < 0 || skip("+"), let hours = number(of: 2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3_600_000 }
        _ = skip(":")
        guard let minutes = number(of: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func write(_ value: Int64, digits: Int, at start: Int) {
        var rest = value
        for index in (start..<start + digits).reversed() {
            self[index] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        }
    }
}
