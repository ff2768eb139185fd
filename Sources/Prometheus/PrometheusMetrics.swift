public import CoreMetrics
import Synchronization

/// Keeps the process's metrics, and writes them in the text format that Prometheus reads (0.0.4).
///
/// A counter becomes a counter, a timer a histogram of seconds, a recorder a histogram or (not
/// aggregated) a gauge, a meter a gauge. The per-command metrics of the predecessor services keep
/// their names and forms, see ``SeriesID``. If a name is requested in two forms, the first one
/// counts and the other is discarded. Recording takes an atomic operation or one short lock.
public final class PrometheusMetrics: MetricsFactory {
    /// The metadata of a metric.
    public struct Description: Sendable {
        public let name: String
        /// The `HELP` line.
        public let help: String
        /// The upper bounds of a histogram's buckets, ascending, without infinity.
        public let buckets: [Double]

        public init(_ name: String, _ help: String, buckets: [Double] = Self.seconds) {
            self.name = name
            self.help = help
            self.buckets = buckets
        }

        /// From a millisecond to a minute.
        public static let seconds = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
        ]
    }

    private struct Family {
        let kind: MetricKind
        var members: [SeriesLabels: any Series] = [:]
    }

    private let descriptions: [String: Description]
    private let families = Mutex<[String: Family]>([:])

    public init(_ descriptions: [Description] = []) {
        self.descriptions = Dictionary(
            descriptions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Handlers

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        member(SeriesID(label, dimensions)) { _ in CounterSeries() }
            ?? NOOPMetricsHandler.instance
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let id = SeriesID(label, dimensions)
        if id.isInterval { return interval(id) ?? NOOPMetricsHandler.instance }
        return member(id) { HistogramSeries($0) } ?? NOOPMetricsHandler.instance
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        let id = SeriesID(label, dimensions)
        if aggregate { return member(id) { HistogramSeries($0) } ?? NOOPMetricsHandler.instance }
        return member(id) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        member(SeriesID(label, dimensions)) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }

    /// The existing series, or a new one; nil if the name is used by another kind.
    private func member<Member: Series>(
        _ id: SeriesID, make: (_ buckets: [Double]) -> Member
    ) -> Member? {
        families.withLock { families in
            var family = families[id.name] ?? Family(kind: Member.kind)
            guard family.kind == Member.kind else { return nil }
            if let existing = family.members[id.labels] { return existing as? Member }
            let new = make(descriptions[id.name]?.buckets ?? Description.seconds)
            family.members[id.labels] = new
            families[id.name] = family
            return new
        }
    }

    private func interval(_ id: SeriesID) -> IntervalSeries? {
        let new = IntervalSeries()
        let figures = IntervalSeries.Figure.allCases.map { figure in
            member(id.named("\(id.name)_\(figure)")) { _ in IntervalFigure(new, figure) }
        }
        return figures[0]?.interval
    }

    private func forget(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                for (labels, member) in family.members where member.records(for: handler) {
                    families[name]?.members[labels] = nil
                }
            }
        }
    }

    // MARK: Text

    /// All metrics as text, sorted by name.
    /// - Parameters:
    ///   - readings: current values of names that nothing is recorded under. Values with the same
    ///     name and labels are added up.
    ///   - resetting: whether to reset all counts; values recorded during the call may be lost
    ///     then.
    public func text(with readings: [Reading] = [], resetting: Bool = false) -> String {
        let families = families.withLock { $0 }.filter { !$0.value.members.isEmpty }
        let readings = Dictionary(grouping: readings) { $0.name }
            .filter { families[$0.key] == nil }
        var text = ExpositionText()
        for name in (Array(families.keys) + Array(readings.keys)).sorted() {
            let help = descriptions[name]?.help ?? name
            if let family = families[name] {
                text.begin(name, family.kind, help: help)
                for (labels, member) in family.members.sorted(by: { $0.key < $1.key }) {
                    member.write(to: &text, name, labels.text)
                }
            } else if let readings = readings[name] {
                text.begin(name, readings[0].kind, help: help)
                let values = Dictionary(
                    readings.map { ($0.labels, $0.value) }, uniquingKeysWith: +)
                for (labels, value) in values.sorted(by: { $0.key < $1.key }) {
                    text.sample(name, labels.text, value)
                }
            }
        }
        if resetting {
            for family in families.values { for member in family.members.values { member.reset() } }
        }
        return text.text
    }
}

/// A value that is kept elsewhere, as of the time of a scrape.
public struct Reading: Sendable {
    public let name: String
    let labels: SeriesLabels
    let value: Double
    let kind: MetricKind

    public init(
        _ name: String, _ value: Double, _ labels: [(String, String)] = [],
        kind: MetricKind = .gauge
    ) {
        self.name = name
        self.labels = SeriesLabels(labels)
        self.value = value
        self.kind = kind
    }
}

/// The type of a metric in Prometheus.
public enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
