import CoreMetrics
import Logging
import ServiceLifecycle
import Synchronization

/// Writes the metrics of the process to the log at regular intervals.
///
/// A separate loop writes them, not the next update: requests then neither read a clock for it nor
/// wait for the log, and the last values before an idle period are written in time and not with the
/// next request.
///
/// Metrics with dimensions are left out: there may be hundreds, which only programs can evaluate.
final class LogCounters: MetricsFactory {
    struct Options: Sendable, Equatable {
        /// The milliseconds between two writes.
        var interval: Int64 = 300_000
        /// The first write after so many milliseconds resets the counters; 0 or less never resets
        /// them.
        var resetTimeout: Int64 = 0
    }

    private struct Key: Hashable {
        var name: String
        var kind: LogCounter.Kind
    }

    let options: Options
    private let counters = Mutex<[Key: LogCounter]>([:])
    private let logger: Logger

    init(options: Options = Options(), logger: Logger) {
        self.options = options
        self.logger = logger
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions, .increment) ?? NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        counter(label, dimensions, .interval) ?? NOOPMetricsHandler.instance
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        counter(label, dimensions, aggregate ? .statistics : .lastValue)
            ?? NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
    func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }

    /// Writes every counter that has values, sorted by name, if any has changed since the last
    /// time.
    /// - Parameter resetting: Whether to reset the counters.
    func dump(resetting: Bool = false) {
        let sorted = counters.withLock { Array($0.values) }
            .sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
        let taken = sorted.map { ($0, $0.take(resetting: resetting)) }
        guard taken.contains(where: { $1.isChanged }) else { return }
        for (counter, values) in taken where values.count != 0 {
            logger.info("\(counter.line(values))")
        }
    }

    private func counter(
        _ label: String, _ dimensions: [(String, String)], _ kind: LogCounter.Kind
    ) -> LogCounter? {
        guard dimensions.isEmpty else { return nil }
        return counters.withLock {
            let key = Key(name: label, kind: kind)
            let counter = $0[key] ?? LogCounter(name: label, kind: kind)
            $0[key] = counter
            return counter
        }
    }

    private func forget(_ handler: AnyObject) {
        guard let counter = handler as? LogCounter else { return }
        let key = Key(name: counter.name, kind: counter.kind)
        counters.withLock { counters in
            if counters[key] === counter { counters[key] = nil }
        }
    }
}

extension LogCounters: Service {
    /// Writes after each interval, and once more when the service stops.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            let clock = ContinuousClock()
            var countingSince = clock.now
            let interval = Duration.milliseconds(options.interval)
            let resetTimeout = Duration.milliseconds(options.resetTimeout)
            while (try? await clock.sleep(for: interval)) != nil {
                let isDue = resetTimeout > .zero && clock.now - countingSince >= resetTimeout
                dump(resetting: isDue)
                if isDue { countingSince = clock.now }
            }
        }
        dump()
    }
}
