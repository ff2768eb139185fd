import CoreMetrics
import Synchronization

/// The values recorded under one name and one set of labels.
protocol Series: AnyObject, Sendable {
    static var kind: MetricKind { get }
    func write(to text: inout ExpositionText, _ name: String, _ labels: String)
    func reset()
    /// Whether a handler records into this series.
    func records(for handler: AnyObject) -> Bool
}

extension Series {
    func records(for handler: AnyObject) -> Bool { handler === self }
}

final class CounterSeries: Series, CounterHandler {
    static let kind = MetricKind.counter
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(to text: inout ExpositionText, _ name: String, _ labels: String) {
        text.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

final class GaugeSeries: Series, RecorderHandler, MeterHandler {
    static let kind = MetricKind.gauge
    private let value = Mutex(0.0)

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    /// A gauge shows a current state, which a reset does not change.
    func reset() {}

    func write(to text: inout ExpositionText, _ name: String, _ labels: String) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// A histogram of values; durations in seconds.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    static let kind = MetricKind.histogram

    private struct Values {
        /// One count for each bound, and one for values beyond the last; not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let values: Mutex<Values>

    init(_ bounds: [Double]) {
        self.bounds = bounds
        values = Mutex(Values(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        values.withLock { values in
            values.counts[index] &+= 1
            values.sum += value
        }
    }

    func reset() {
        values.withLock { $0 = Values(counts: Array(repeating: 0, count: bounds.count + 1)) }
    }

    func write(to text: inout ExpositionText, _ name: String, _ labels: String) {
        let values = values.withLock { $0 }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], values.counts) {
            total += count
            text.sample("\(name)_bucket", labels, le: bound, total)
        }
        text.sample("\(name)_sum", labels, values.sum)
        text.sample("\(name)_count", labels, Double(total))
    }
}
