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
