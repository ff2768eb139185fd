/// ISO 8601, the wire's form of a moment: `2026-11-24T02:05:04.107Z`, always UTC with three digits.
///
/// Written by hand because Foundation's styles go through a `Double` and print one millisecond too
/// few for half of all values; the calendar is Howard Hinnant's days-to-civil arithmetic.
extension Timestamp: CustomStringConvertible {
    public var description: String {
        let text = iso8601
        return text.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The 24 ASCII characters, without allocating.
    var iso8601: InlineArray<24, UInt8> {
        let (days, time) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let (year, month, day) = Self.civil(fromDays: days)
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        text.write(year, digits: 4, at: 0)
        text.write(month, digits: 2, at: 5)
        text.write(day, digits: 2, at: 8)
        text[10] = UInt8(ascii: "T")
        text.write(time / 3_600_000, digits: 2, at: 11)
        text[13] = UInt8(ascii: ":")
        text.write(time / 60_000 % 60, digits: 2, at: 14)
        text[16] = UInt8(ascii: ":")
        text.write(time / 1000 % 60, digits: 2, at: 17)
        text[19] = UInt8(ascii: ".")
        text.write(time % 1000, digits: 3, at: 20)
        text[23] = UInt8(ascii: "Z")
        return text
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Days since 0000-03-01, in eras of 400 years: a leap day is then the last of its year.
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).quotientAndRemainder(flooringBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Reads a date, or a date and a time with any precision and offset; without a zone it is UTC.
    ///
    /// Digits beyond milliseconds are dropped. Nil for anything else, also for the 30th of February.
    public init?(iso8601 text: String) {
        var digits = ASCIIReader(text)
        guard let year = digits.number(of: 4), year >= 1, digits.skip("-"),
            let month = digits.number(of: 2), 1...12 ~= month, digits.skip("-"),
            let day = digits.number(of: 2), 1...Self.daysIn(month, year) ~= day
        else { return nil }
        var milliseconds = Self.days(fromCivil: year, month, day) * 86_400_000
        if !digits.isAtEnd {
            guard digits.skip("T") || digits.skip("t") || digits.skip(" "),
                let time = digits.timeOfDay(), let offset = digits.offset(), digits.isAtEnd
            else { return nil }
            milliseconds += time - offset
        }
        guard Self.range.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
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

extension InlineArray<24, UInt8> {
    fileprivate mutating func write(_ value: Int64, digits: Int, at start: Int) {
        var rest = value
        for index in (start..<start + digits).reversed() {
            self[index] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            rest /= 10
        }
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
