import CoreMetrics
import Synchronization

/// One counter: the values recorded under a name since the last reset.
///
/// Recording takes one short lock and allocates nothing.
final class LogCounter: CounterHandler, TimerHandler, RecorderHandler {
    /// The kind of values; the raw value is printed in the log.
    enum Kind: Int, Sendable {
        case interval = 0
        case lastValue = 1
        case statistics = 2
        case increment = 4
    }

    /// The aggregates. `last`, `minimum`, `maximum` and `sum` have the unit of the values,
    /// milliseconds for intervals; increments have only a `count`.
    struct Values: Sendable, Equatable {
        var count: Int64 = 0
        var last: Double = 0
        var minimum: Double = .infinity
        var maximum: Double = -.infinity
        var sum: Double = 0
        /// Whether anything was recorded since the last ``take(resetting:)``.
        var isChanged = false
    }

    let name: String
    let kind: Kind
    private let values = Mutex(Values())

    init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    func increment(by amount: Int64) {
        values.withLock {
            $0.count = $0.count.addingClamped(amount)
            $0.isChanged = true
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1_000_000)
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        values.withLock {
            $0.count += 1
            $0.last = value
            $0.minimum = min($0.minimum, value)
            $0.maximum = max($0.maximum, value)
            $0.sum += value
            $0.isChanged = true
        }
    }

    func reset() {
        values.withLock { $0 = Values() }
    }

    /// Returns the values and marks them as unchanged.
    /// - Parameter resetting: Whether to reset the values in the same step, so that none are lost.
    func take(resetting: Bool) -> Values {
        values.withLock {
            let taken = $0
            if resetting { $0 = Values() } else { $0.isChanged = false }
            return taken
        }
    }
}

extension LogCounter {
    /// The line for the log, with the aggregates that apply to the kind.
    func line(_ values: Values) -> String {
        var fields: [(String, String)] = [("type", "\(kind.rawValue)")]
        if kind != .increment { fields.append(("last", values.last.shortest)) }
        if kind != .lastValue { fields.append(("count", "\(values.count)")) }
        if kind == .interval || kind == .statistics {
            fields.append(("min", values.minimum.shortest))
            fields.append(("max", values.maximum.shortest))
            fields.append(("avg", (values.sum / Double(values.count)).shortest))
        }
        let text = fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
        return "Counter \(name) { \(text) }"
    }
}

extension Double {
    /// The number with at most three decimals and without trailing zeros.
    fileprivate var shortest: String {
        let rounded = (self * 1000).rounded() / 1000
        let text = "\(rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
