import Jobs

extension Timestamp {
    /// Creates a timestamp from a date that a service in Node or Dart has written.
    ///
    /// These services also write years before 1 and after 9999, such as
    /// `+033658-09-27T01:46:40.000Z` after a very long `ttl`. Such dates are clamped to the range.
    /// Returns `nil` for an invalid date.
    init?(stored text: String) {
        if let date = Timestamp(iso8601: text) {
            self = date
            return
        }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let unsigned =
            isNegative || text.utf8.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard let dash = unsigned.firstIndex(of: "-"), 4...6 ~= unsigned[..<dash].utf8.count,
            unsigned[..<dash].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let year = Int(unsigned[..<dash]),
            // A leap year, which has every day of the calendar.
            Timestamp(iso8601: "2000\(unsigned[dash...])") != nil
        else { return nil }
        if isNegative || year < 1 {
            self = .min
        } else if year > 9999 {
            self = .max
        } else {
            let digits = "\(year)"
            let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
            if let date = Timestamp(iso8601: "\(zeros)\(digits)\(unsigned[dash...])") {
                self = date
            } else if year == 1 || year == 9999 {
                // The offset moves the date out of the range.
                self = year == 1 ? .min : .max
            } else {
                return nil
            }
        }
    }
}
