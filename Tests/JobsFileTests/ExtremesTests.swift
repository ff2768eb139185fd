import Foundation
import Jobs
import JobsMemory
import JobsPersistenceSuite
import JobsTestSupport
import MetricsTestKit
import Testing

@testable import JobsFile

@Suite("Values at the ends of their ranges")
struct ExtremesTests {
    @Test("a job in a file is read, and served by the rules", arguments: ExtremeJob.all)
    func stored(job: ExtremeJob) async throws {
        let files = ["jobs.json": Data("[\(job.json)]".utf8)]
        try await opened(files) { store in
            let read = store.everything
            #expect(read.map(\.job.id) == [ExtremeJob.id])
            try await afterCrash(store) { #expect($0.everything == read) }
        }
        let clock = SetClock()
        try await opened(files, clock: clock) { store in
            let tested = StoreUnderTest(instances: [store]) { clock.advance(by: $0) }
            try await ExtremeJob.check(tested, census: store)
        }
    }

    @Test(
        "a date beyond the range is clamped",
        arguments: [
            ("+010000-01-01T00:00:00.000Z", Timestamp.max), ("12345-01-01T00:00:00Z", .max),
            ("-000001-12-31T23:59:59.999Z", .min), ("0000-02-29T00:00:00Z", .min),
            ("9999-12-31T23:59:59.999-00:01", .max), ("0001-01-01T00:00:00+00:01", .min),
            ("+002026-11-24T12:00:00.000Z", Timestamp(iso8601: "2026-11-24T12:00:00Z") ?? .min),
        ])
    func calendar(text: String, date: Timestamp) {
        #expect(Timestamp(stored: text) == date)
    }

    @Test(
        "an invalid date is nil",
        arguments: [
            "", "+", "-", "soon", "+010000-02-30T00:00:00Z", "+010000-13-01T00:00:00Z",
            "+1-01-01T00:00:00Z", "+0100000-01-01T00:00:00Z", "+01000a-01-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "--2026-01-01T00:00:00Z",
        ])
    func noDate(text: String) {
        #expect(Timestamp(stored: text) == nil)
    }
}
