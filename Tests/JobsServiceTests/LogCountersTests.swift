import CoreMetrics
import JobsTestSupport
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import JobsService

@Suite struct LogCountersTests {
    private final class Log: Sendable {
        private let written = Mutex<[String]>([])

        var lines: [String] { written.withLock(\.self) }

        /// A logger that records only the messages.
        var logger: Logger {
            Logger(label: "test") { _ in
                ConsoleLogHandler(
                    output: ConsoleOutput { line, _, _ in
                        let message = line.dropLast().split(separator: "] ", maxSplits: 1)[1]
                        self.written.withLock { $0.append(String(message)) }
                    })
            }
        }
    }

    private let log = Log()

    private func counters(_ options: LogCounters.Options = .init()) -> LogCounters {
        LogCounters(options: options, logger: log.logger)
    }

    @Test("every kind of counter is written with its aggregates, sorted by name")
    func format() {
        let counters = counters()
        let calls = Counter(label: "v1/jobs.add_job.exec_count", factory: counters)
        let time = Timer(label: "v1/jobs.add_job.exec_time", factory: counters)
        let size = Recorder(label: "size", factory: counters)
        let last = Recorder(label: "last", aggregate: false, factory: counters)

        calls.increment(by: 2)
        calls.increment()
        for milliseconds in [1.5, 2, 10.25] { time.recordMilliseconds(milliseconds) }
        for value in [3, -1] { size.record(value) }
        for value in [7.125, 8] { last.record(value) }
        counters.dump()

        #expect(
            log.lines == [
                #"Counter last { "type": 1, "last": 8 }"#,
                #"Counter size { "type": 2, "last": -1, "count": 2, "min": -1, "max": 3, "avg": 1 }"#,
                #"Counter v1/jobs.add_job.exec_count { "type": 4, "count": 3 }"#,
                #"Counter v1/jobs.add_job.exec_time { "type": 0, "last": 10.25, "count": 3, "#
                    + #""min": 1.5, "max": 10.25, "avg": 4.583 }"#,
            ])
    }

    @Test("nothing is written without a change, and everything after any change")
    func unchanged() {
        let counters = counters()
        let one = Counter(label: "one", factory: counters)
        let two = Counter(label: "two", factory: counters)
        _ = Counter(label: "never used", factory: counters)

        counters.dump()
        #expect(log.lines == [])
        one.increment()
        two.increment()
        counters.dump()
        counters.dump()
        #expect(log.lines.count == 2)
        two.increment()
        counters.dump()

        #expect(
            log.lines.suffix(2) == [
                #"Counter one { "type": 4, "count": 1 }"#,
                #"Counter two { "type": 4, "count": 2 }"#,
            ])
    }

    @Test("counters of the same name are merged, and those with dimensions are left out")
    func sameName() {
        let counters = counters()

        Counter(label: "a", factory: counters).increment()
        Counter(label: "a", factory: counters).increment()
        Counter(label: "a", dimensions: [("x", "1")], factory: counters).increment()
        counters.dump()

        #expect(
            log.lines == [
                #"Counter a { "type": 4, "count": 2 }"#
            ])
    }

    @Test("a destroyed counter is removed, and a reset one starts again")
    func destroyed() {
        let counters = counters()
        let gone = Counter(label: "gone", factory: counters)
        let reset = Counter(label: "reset", factory: counters)
        gone.increment()
        reset.increment(by: 5)

        gone.destroy()
        reset.reset()
        reset.increment()
        counters.dump()

        #expect(log.lines == [#"Counter reset { "type": 4, "count": 1 }"#])
    }

    @Test("a write with a reset starts the counters again")
    func resetting() {
        let counters = counters()
        let counter = Counter(label: "a", factory: counters)

        counter.increment(by: 5)
        counters.dump(resetting: true)
        counter.increment()
        counters.dump()

        #expect(
            log.lines == [
                #"Counter a { "type": 4, "count": 5 }"#, #"Counter a { "type": 4, "count": 1 }"#,
            ])
    }

    @Test("concurrent records are not lost during writes and resets")
    func concurrency() async throws {
        let counter = LogCounter(name: "a", kind: .increment)

        let taken = await withTaskGroup(of: Int64.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<5000 { counter.increment(by: 1) }
                    return 0
                }
            }
            group.addTask {
                (0..<100).reduce(0) { sum, _ in sum + counter.take(resetting: true).count }
            }
            return await group.reduce(0, +)
        }

        #expect(taken + counter.take(resetting: true).count == 20_000)
    }

    @Test("the service writes after every interval, and once more when it stops")
    func service() async throws {
        let counters = counters(LogCounters.Options(interval: 1))
        let counter = Counter(label: "a", factory: counters)
        let group = ServiceGroup(services: [counters], logger: log.logger)

        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            counter.increment()
            try await eventually { log.lines.count == 1 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }

        #expect(log.lines == [#"Counter a { "type": 4, "count": 1 }"#])
    }

    @Test("values since the last write are written when the service stops")
    func lastWriting() async throws {
        let counters = counters()
        let group = ServiceGroup(services: [counters], logger: log.logger)
        Counter(label: "a", factory: counters).increment()

        await group.triggerGracefulShutdown()
        try await group.run()

        #expect(log.lines == [#"Counter a { "type": 4, "count": 1 }"#])
    }
}
