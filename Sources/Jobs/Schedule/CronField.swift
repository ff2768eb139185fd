/// One of the five fields of a cron expression: the values that match.
struct CronField: Sendable, Equatable {
    /// The values, in ascending order. It is never empty.
    let values: [Int]
    /// Whether the field begins with `*`, also with a step behind it.
    let isWild: Bool

    /// A kind of field: its name and its range of values.
    struct Kind {
        let name: String
        let range: ClosedRange<Int>
        /// Names of the values from the first on, in lower case.
        var names: [String] = []

        static let minute = Kind(name: "minute", range: 0...59)
        static let hour = Kind(name: "hour", range: 0...23)
        static let day = Kind(name: "day of month", range: 1...31)
        static let month = Kind(
            name: "month", range: 1...12,
            names: [
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
            ])
        /// Sunday is 0 and 7.
        static let weekday = Kind(
            name: "day of week", range: 0...7,
            names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    }

    /// Parses a list of values, ranges and steps, such as `1-5,10,*/15`.
    ///
    /// - Throws: ``CronError``
    init(_ text: Substring, _ kind: Kind) throws(CronError) {
        isWild = text.hasPrefix("*")
        var found: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            found.formUnion(try Self.values(part, kind))
        }
        values = found.sorted()
    }

    private static func values(_ part: Substring, _ kind: Kind) throws(CronError) -> [Int] {
        let sides = part.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count <= 2, let base = sides.first, !base.isEmpty else {
            throw CronError("the \(kind.name) \"\(part)\" cannot be read")
        }
        var range = try range(base, kind)
        guard sides.count == 2 else { return Array(range) }
        guard let step = Int(digits: sides[1]), step > 0 else {
            throw CronError("the step of the \(kind.name) \"\(part)\" must be a number from 1 on")
        }
        // A step behind a single value goes on to the last one.
        if range.count == 1, base != "*" { range = range.lowerBound...kind.last }
        return Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
    }

    private static func range(_ text: Substring, _ kind: Kind) throws(CronError)
        -> ClosedRange<Int>
    {
        if text == "*" { return kind.range.lowerBound...kind.last }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let first = try value(ends[0], kind)
        guard ends.count > 1 else { return first...first }
        guard ends.count == 2 else {
            throw CronError("the \(kind.name) \"\(text)\" cannot be read")
        }
        let last = try value(ends[1], kind)
        guard first <= last else {
            throw CronError("the range \"\(text)\" of the \(kind.name) runs backwards")
        }
        return first...last
    }

    private static func value(_ text: Substring, _ kind: Kind) throws(CronError) -> Int {
        if let index = kind.names.firstIndex(of: text.lowercased()) {
            return kind.range.lowerBound + index
        }
        guard let number = Int(digits: text) else {
            throw CronError("the \(kind.name) \"\(text)\" cannot be read")
        }
        guard kind.range.contains(number) else {
            throw CronError(
                "the \(kind.name) \(number) is not in \(kind.range.lowerBound) to "
                    + "\(kind.range.upperBound)")
        }
        return number
    }
}

extension CronField.Kind {
    /// The last value of `*`. Sunday is not counted twice.
    fileprivate var last: Int { range.upperBound == 7 ? 6 : range.upperBound }
}

extension Int {
    /// A number of one to four digits and nothing else.
    fileprivate init?(digits text: Substring) {
        guard (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        self.init(text)
    }
}

/// Why a cron expression cannot be used, for the caller that wrote it.
public struct CronError: Error, Equatable, CustomStringConvertible {
    /// The reason, for people.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
