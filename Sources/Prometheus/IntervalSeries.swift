import CoreMetrics
import Synchronization

/// Durations in milliseconds in the form of the predecessor services: four figures, each a gauge.
final class IntervalSeries: TimerHandler {
    enum Figure: CaseIterable {
        case count, max, min, average
    }

    struct Values {
        var count = 0.0
        var maximum = -Double.infinity
        var minimum = Double.infinity
        var sum = 0.0
    }

    private let values = Mutex(Values())

    func recordNanoseconds(_ duration: Int64) {
        let milliseconds = Double(duration) / 1_000_000
        values.withLock { values in
            values.count += 1
            values.maximum = max(values.maximum, milliseconds)
            values.minimum = min(values.minimum, milliseconds)
            values.sum += milliseconds
        }
    }

    func reset() { values.withLock { $0 = Values() } }

    /// 0 if nothing was recorded.
    subscript(figure: Figure) -> Double {
        let values = values.withLock { $0 }
        guard values.count > 0 else { return 0 }
        return switch figure {
        case .count: values.count
        case .max: values.maximum
        case .min: values.minimum
        case .average: values.sum / values.count
        }
    }
}

/// One of the figures, as a metric of its own.
final class IntervalFigure: Series {
    static let kind = MetricKind.gauge
    let interval: IntervalSeries
    private let figure: IntervalSeries.Figure

    init(_ interval: IntervalSeries, _ figure: IntervalSeries.Figure) {
        self.interval = interval
        self.figure = figure
    }

    func reset() { interval.reset() }

    func records(for handler: AnyObject) -> Bool { handler === interval }

    func write(to text: inout ExpositionText, _ name: String, _ labels: String) {
        text.sample(name, labels, interval[figure])
    }
}
