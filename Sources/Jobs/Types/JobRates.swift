/// How many jobs of a type were added, started, completed and failed in each minute of a time.
public struct JobRates: Sendable, Equatable {
    /// When the first minute begins: a whole minute of the store's clock.
    public var from: Timestamp
    /// The numbers of added jobs, one for each minute, the oldest first.
    public var added: [Int]
    /// The numbers of starts.
    public var started: [Int]
    /// The numbers of completed jobs.
    public var completed: [Int]
    /// The numbers of failed attempts, whether they are repeated or not.
    public var failed: [Int]

    /// The number of minutes for which jobs are counted.
    public static let maximumMinutes = 60
    package static let minute: Int64 = 60_000

    /// Creates rates of a number of minutes in which nothing happened, the last of which is the one
    /// at a time.
    ///
    /// - Parameters:
    ///   - now: A time in the last minute.
    ///   - minutes: The number of minutes, 0 to ``maximumMinutes``.
    public init(endingAt now: Timestamp, minutes: Int = maximumMinutes) {
        let count = min(max(minutes, 0), Self.maximumMinutes)
        let last = now.minute
        from = Timestamp(milliseconds: (last - Int64(count) + 1) * Self.minute)
        let nothing = Array(repeating: 0, count: count)
        (added, started, completed, failed) = (nothing, nothing, nothing, nothing)
    }

    /// Whether nothing happened.
    public var isEmpty: Bool {
        Self.rows.allSatisfy { self[keyPath: $0].allSatisfy { $0 == 0 } }
    }

    /// The last minutes of these.
    package func suffix(_ minutes: Int) -> JobRates {
        guard added.count > minutes else { return self }
        var rates = self
        rates.from = from.advanced(by: Int64(added.count - minutes) * Self.minute)
        for row in Self.rows {
            rates[keyPath: row] = Array(self[keyPath: row].suffix(minutes))
        }
        return rates
    }

    /// Adds the numbers of the same minutes. Other minutes are left out.
    package mutating func merge(_ other: JobRates) {
        let offset = other.from.minute - from.minute
        for row in Self.rows {
            for (index, count) in other[keyPath: row].enumerated() {
                let place = offset.addingClamped(Int64(index))
                guard place >= 0, place < self[keyPath: row].count else { continue }
                let sum = self[keyPath: row][Int(place)].addingClamped(max(count, 0))
                self[keyPath: row][Int(place)] = sum
            }
        }
    }

    package static let rows: [any WritableKeyPath<JobRates, [Int]> & Sendable] = [
        \.added, \.started, \.completed, \.failed,
    ]
}

extension Timestamp {
    /// The number of the minute since 1970, also before.
    package var minute: Int64 {
        let (minute, rest) = milliseconds.quotientAndRemainder(dividingBy: JobRates.minute)
        return rest < 0 ? minute - 1 : minute
    }
}

/// How long something took in the middle and in the slowest of twenty cases, in milliseconds. The
/// numbers are estimates within a quarter.
public struct JobTimes: Sendable, Equatable {
    /// Half of the cases took no longer.
    public var p50: Int64
    /// Nineteen of twenty cases took no longer.
    public var p95: Int64

    /// Creates times.
    public init(p50: Int64, p95: Int64) {
        self.p50 = p50
        self.p95 = p95
    }
}
