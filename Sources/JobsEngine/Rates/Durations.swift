import Jobs

/// Numbers of durations by their length, from which percentiles are estimated.
///
/// The lengths grow in steps of about 1.4, so an estimate is off by a quarter at most. Numbers of
/// several instances are added step by step.
struct Durations: Sendable, Equatable {
    /// The number of steps. The last one begins after 18 days.
    static let steps = 62

    /// The number of durations of each step.
    var counts = Array(repeating: 0, count: steps)

    /// The step of a duration in milliseconds.
    static func step(of milliseconds: Int64) -> Int {
        guard milliseconds > 1 else { return milliseconds < 1 ? 0 : 1 }
        let exponent = 63 - milliseconds.leadingZeroBitCount
        let half = Int(milliseconds >> (exponent - 1)) & 1
        return min(2 * exponent + half, steps - 1)
    }

    /// The shortest duration of a step.
    static func start(of step: Int) -> Int64 {
        guard step > 1 else { return Int64(step) }
        let power = Int64(1) << (step / 2)
        return step.isMultiple(of: 2) ? power : power + power / 2
    }

    var total: Int { counts.reduce(0) { $0.addingClamped($1) } }

    /// The percentiles; `nil` without durations.
    var times: JobTimes? {
        total > 0 ? JobTimes(p50: percentile(50), p95: percentile(95)) : nil
    }

    mutating func merge(_ other: Durations) {
        for step in 0..<Self.steps {
            counts[step] = counts[step].addingClamped(other.counts[step])
        }
    }

    /// The duration that so many percent do not exceed. Within a step, durations are taken as
    /// evenly spread.
    private func percentile(_ percent: Int) -> Int64 {
        let rank = max(Double(total) * Double(percent) / 100, 1)
        var before = 0.0
        for (step, count) in counts.enumerated() where count > 0 {
            if before + Double(count) >= rank {
                let part = (rank - before - 0.5) / Double(count)
                let start = Self.start(of: step)
                let width = Self.start(of: step + 1) - 1 - start
                return start + Int64(Double(max(width, 0)) * part)
            }
            before += Double(count)
        }
        return Self.start(of: Self.steps - 1)
    }
}
