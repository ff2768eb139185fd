import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Reports of instances")
struct InstanceReportTests {
    private static let noon = Timestamp(milliseconds: 1_795_521_600_000)

    private static var report: InstanceReport {
        var report = InstanceReport(at: noon, since: noon.advanced(by: -9000))
        report.types[ExactText("mail")] = .init(
            lastClaim: noon.advanced(by: -1000), waiting: 3,
            workers: [ExactText("w\"1"): noon.advanced(by: -1000)])
        report.types[ExactText("sms")] = .init(lastClaim: noon.advanced(by: -5000))
        return report
    }

    @Test("a report is read back as it was written")
    func roundTrip() {
        #expect(InstanceReport(Self.report.json) == Self.report)
    }

    @Test(
        "a record that is no report is passed over, and so are its unreadable parts",
        arguments: [
            ("{}", nil), (#"{"at":5}"#, nil), (#"{"at":"soon","types":[]}"#, nil),
            (#"{"at":"2026-11-24T12:00:00Z","types":7}"#, 0),
            (#"{"at":"2026-11-24T12:00:00Z","types":[7,{},{"type":"a"},null]}"#, 0),
            (
                #"""
                {"at":"2026-11-24T12:00:00Z","types":[{"type":"a","last_claim":"2026-11-24T11:00:00Z",
                "waiting":-1e99,"workers":[{"worker":1},{"worker":"w"},"x"]}]}
                """#, 1
            ),
        ] as [(String, Int?)])
    func unreadable(text: String, types: Int?) throws {
        let report = InstanceReport(try JSONText(text))

        #expect(report?.types.count == types)
        #expect(report?.types.values.allSatisfy { $0.waiting == 0 && $0.workers.isEmpty } ?? true)
    }

    @Test("claims from the future count as made at the time of the report")
    func future() throws {
        let text = try JSONText(
            #"""
            {"at":"2026-11-24T12:00:00Z","types":[{"type":"a","last_claim":"9999-01-01T00:00:00Z",
            "waiting":9223372036854775807,
            "workers":[{"worker":"w","last_claim":"9999-01-01T00:00:00Z"}]}]}
            """#)
        var report = try #require(InstanceReport(text))
        report.merge(report)

        let seen = report.types[ExactText("a")]
        #expect(seen?.lastClaim == Self.noon && seen?.workers.values.first == Self.noon)
        #expect(seen?.waiting == .max)
    }

    @Test("reports are merged by type and worker")
    func merge() {
        var other = InstanceReport(at: Self.noon, since: Self.noon.advanced(by: -99))
        other.types[ExactText("mail")] = .init(
            lastClaim: Self.noon, waiting: 1,
            workers: [ExactText("w\"1"): Self.noon.advanced(by: -5000), ExactText("w2"): Self.noon])
        var merged = Self.report
        merged.merge(other)

        let mail = merged.types[ExactText("mail")]
        #expect(mail?.lastClaim == Self.noon && mail?.waiting == 4)
        #expect(
            mail?.workers == [
                ExactText("w\"1"): Self.noon.advanced(by: -1000), ExactText("w2"): Self.noon,
            ])
        #expect(merged.types.count == 2)
        #expect(merged.since == Self.noon.advanced(by: -9000))
    }

    @Test("a report is valid for a minute")
    func validity() {
        #expect(!Self.report.isOutdated(at: Self.noon.advanced(by: 60_000)))
        #expect(Self.report.isOutdated(at: Self.noon.advanced(by: 60_001)))
        // A time that no instance can have had.
        #expect(Self.report.isOutdated(at: Self.noon.advanced(by: -60_001)))
    }

    @Test("a report of many long names fits into a record, with the last claims")
    func size() throws {
        var report = InstanceReport(at: Self.noon, since: Self.noon)
        let long = String(repeating: "\u{1}", count: 900)
        for number in 0..<1000 {
            report.types[ExactText("\(number)\(long)")] = .init(
                lastClaim: Self.noon.advanced(by: Int64(number) - 1000))
        }

        try report.json.checkRecordSize()

        let read = try #require(InstanceReport(report.json))
        #expect(read.types.count > 50 && read.types.count < 1000)
        #expect(read.types[ExactText("999\(long)")] != nil)
    }
}

@Suite("Reports in the records of a store")
struct ClaimReportTests {
    /// A store whose records are shared, as far as callers can tell.
    private struct SharedStore: JobsPersistenceLayer {
        let base: any JobsPersistence
        let shared: SharedRecords
        var records: any JobsRecords { shared }
    }

    private final class SharedRecords: JobsRecords {
        private let base = MemoryRecords()
        private let count = Mutex(0)
        var writes: Int { count.withLock { $0 } }
        var areShared: Bool { true }

        func records(of kind: RecordKind) async throws -> [Record] { base.records(of: kind) }
        func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
            base.record(kind, key)
        }
        func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
            async throws -> Record?
        {
            count.withLock { $0 += 1 }
            return base.write(kind, key, value, over: version)
        }
        func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
            base.remove(kind, key, over: version)
        }
    }

    private let clock = TestClock()
    private let records = SharedRecords()

    private func instance() -> WaitingJobsPersistence {
        let clock = clock
        return WaitingJobsPersistence(
            SharedStore(base: MemoryJobsPersistence(clock: { clock.now }), shared: records))
    }

    private func reporting(
        _ instance: WaitingJobsPersistence, _ body: () async throws -> Void
    ) async throws {
        let task = Task {
            let logger = Logger(label: "reports") { _ in SwiftLogNoOpLogHandler() }
            await instance.reportClaims(logger: logger, every: .milliseconds(5))
        }
        do {
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    private func claim(_ instance: WaitingJobsPersistence, worker: String) async throws {
        _ = try await instance.claim(
            Claim(type: "mail", timeout: 1000, worker: worker), ClaimWait.none)
    }

    @Test("an instance without claims reports nothing")
    func idle() async throws {
        let instance = instance()
        try await reporting(instance) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(records.writes == 0)
    }

    @Test("a report is written when something has changed, or after half a minute")
    func frequency() async throws {
        let instance = instance()
        try await reporting(instance) {
            try await claim(instance, worker: "w1")
            try await eventually { records.writes == 1 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(records.writes == 1)
            clock.advance(by: 30_000)
            try await eventually { records.writes == 2 }
            try await claim(instance, worker: "w1")
            try await eventually { records.writes == 3 }
        }
        #expect(try await records.records(of: .instance).isEmpty)
    }

    @Test("an outdated report is ignored and removed, and a lost one is written again")
    func outdated() async throws {
        let (first, second) = (instance(), instance())
        try await reporting(first) {
            try await claim(first, worker: "w1")
            try await eventually { records.writes == 1 }
            let seen = try await second.claimReport(at: clock.now)
            #expect(seen.types[ExactText("mail")]?.workers.keys.map(\.text) == ["w1"])

            let later = try await second.claimReport(at: clock.now.advanced(by: 60_001))
            #expect(later.types.isEmpty)
            #expect(try await records.records(of: .instance).isEmpty)
            clock.advance(by: 60_001)
            try await eventually {
                try await second.claimReport(at: clock.now).types[ExactText("mail")] != nil
            }
        }
    }

    @Test("records that are no reports are removed")
    func foreign() async throws {
        _ = try await records.write(.instance, "x", try JSONText("{}"), over: nil)

        let report = try await instance().claimReport(at: clock.now)

        #expect(report.types.isEmpty)
        #expect(try await records.records(of: .instance).isEmpty)
    }
}
