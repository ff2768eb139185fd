import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Synchronization
import Testing

@testable import JobsEngine

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

    private func instance(_ activity: JobActivity? = nil) -> WaitingJobsPersistence {
        let clock = clock
        return WaitingJobsPersistence(
            SharedStore(base: MemoryJobsPersistence(clock: { clock.now }), shared: records),
            activity: activity)
    }

    private func add(_ count: Int, _ activity: JobActivity) {
        var job = Job.sample(type: "mail")
        job.created = clock.now
        for _ in 0..<count { activity.observe(.added(job)) }
    }

    private func added(_ instance: WaitingJobsPersistence) async throws -> Int? {
        let report = try await instance.claimReport(at: clock.now, withActivity: true)
        return report.activity?[ExactText("mail")]?.rates.added.reduce(0, +)
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

    @Test("an instance without claims reports that it is alive, and no more at its end")
    func idle() async throws {
        let (first, second) = (instance(), instance())
        try await reporting(first) {
            try await eventually { records.writes == 1 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(records.writes == 1)
            #expect(try await second.claimReport(at: clock.now).instances == 2)
            #expect(try await first.claimReport(at: clock.now).instances == 1)
        }
        #expect(try await records.records(of: .instance).isEmpty)
        #expect(try await second.claimReport(at: clock.now).instances == 1)
    }

    @Test(
        "the rates of an instance that has ended or crashed count for the hour, its claims do not")
    func ended() async throws {
        let (own, other) = (JobActivity(), JobActivity())
        let (first, second, third) = (instance(own), instance(other), instance(JobActivity()))
        add(2, own)
        try await reporting(first) {
            try await claim(first, worker: "w1")
            try await eventually { try await added(second) == 2 }
            add(3, other)
            #expect(try await added(first) == 2)
            #expect(try await added(second) == 5)
            add(1, own)
            try await eventually { try await added(second) == 6 }
        }
        // Stopped: another instance has its rates, and nothing else of it.
        #expect(try await added(third) == 3)
        #expect(try await added(second) == 6)
        let report = try await third.claimReport(at: clock.now, withActivity: true)
        #expect(report.instances == 1 && report.types.isEmpty)

        // Another one that stops without a word.
        let crashed = JobActivity()
        let fourth = instance(crashed)
        add(7, crashed)
        let task = Task {
            await fourth.reportClaims(logger: Logger(label: "x"), every: .milliseconds(5))
        }
        try await eventually { try await added(third) == 10 }
        let records = try await records.records(of: .instance)
        task.cancel()
        await task.value
        for record in records {
            let now = try await self.records.record(.instance, record.key)
            _ = try await self.records.write(
                .instance, record.key, record.value, over: now?.version)
        }
        clock.advance(by: 60_001)
        #expect(try await added(third) == 10)
        #expect(try await third.claimReport(at: clock.now).instances == 1)

        clock.advance(by: 3_600_000)
        #expect(try await added(third) == 0)
        _ = try await third.claimReport(at: clock.now.advanced(by: 60_000))
        #expect(try await self.records.records(of: .instance).isEmpty)
    }

    @Test("of many instances that have ended, the last ones are kept")
    func manyEnded() async throws {
        for _ in 0..<30 {
            clock.advance(by: 1000)
            let activity = JobActivity()
            add(1, activity)
            try await reporting(instance(activity)) {}
        }
        let last = instance(JobActivity())
        _ = try await last.claimReport(at: clock.now)

        #expect(try await records.records(of: .instance).count == 20)
        #expect(try await added(last) == 20)
    }

    @Test("a report is written when something has changed, or after half a minute")
    func frequency() async throws {
        let instance = instance()
        try await reporting(instance) {
            try await eventually { records.writes == 1 }
            try await claim(instance, worker: "w1")
            try await eventually { records.writes == 2 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(records.writes == 2)
            clock.advance(by: 30_000)
            try await eventually { records.writes == 3 }
            try await claim(instance, worker: "w1")
            try await eventually { records.writes == 4 }
        }
        #expect(try await records.records(of: .instance).isEmpty)
    }

    @Test("an outdated report is ignored and removed, and a lost one is written again")
    func outdated() async throws {
        let (first, second) = (instance(), instance())
        try await reporting(first) {
            try await claim(first, worker: "w1")
            try await eventually {
                try await !second.claimReport(at: clock.now).types.isEmpty
            }
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
