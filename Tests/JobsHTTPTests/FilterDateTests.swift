import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Filter of get_jobs: how dates are read")
struct FilterDateTests {
    /// A job of 2026-11-24T02:05:04.107Z.
    private static func service() async throws -> TestService {
        let service = TestService()
        _ = try await service.addJob(refID: "a")
        return service
    }

    @Test(
        "every usual notation of a moment finds the job of that moment",
        arguments: [
            "2026-11-24T02:05:04.107Z", "2026-11-24T02:05:04.107000Z",
            "2026-11-24T02:05:04.107999Z",
            "2026-11-24T02:05:04.107123456Z", "2026-11-24T02:05:04.107+00:00",
            "2026-11-24T02:05:04.107703+00:00", "2026-11-24T05:05:04.107+03:00",
            "2026-11-23T20:35:04.107-05:30", "2026-11-24T02:05:04.107-00:00",
            "2026-11-24T02:05:04.107", "2026-11-24t02:05:04.107z", "2026-11-24 02:05:04.107Z",
            "2026-11-24T05:05:04.107+0300",
        ])
    func notations(date: String) async throws {
        let service = try await Self.service()

        #expect(try await service.list(#"{"created":"\#(date)"}"#) == ["a"])
        #expect(
            try await service.list(#"{"created_from":"\#(date)","created_to":"\#(date)"}"#) == ["a"]
        )
    }

    @Test(
        "fractions may have one to nine digits, or none",
        arguments: [
            ("2026-11-24T02:05:04Z", "2026-11-24T02:05:05Z"),
            ("2026-11-24T02:05:04.1Z", "2026-11-24T02:05:04.2Z"),
            ("2026-11-24T02:05:04.10Z", "2026-11-24T02:05:04.11Z"),
            ("2026-11-24T02:05:04.1069Z", "2026-11-24T02:05:04.1080Z"),
            ("2026-11-24T02:05:04.10699Z", "2026-11-24T02:05:04.10801Z"),
            ("2026-11-24T02:05:04.106999Z", "2026-11-24T02:05:04.108000Z"),
            ("2026-11-24T02:05:04.106999999Z", "2026-11-24T02:05:04.108000000Z"),
            ("2026-11-24T02:05Z", "2026-11-24T02:06Z"), ("2026-11-24", "2026-11-25"),
        ])
    func precision(before: String, after: String) async throws {
        let service = try await Self.service()

        #expect(
            try await service.list(#"{"created_from":"\#(before)","created_to":"\#(after)"}"#)
                == ["a"])
        #expect(try await service.list(#"{"created_from":"\#(after)"}"#) == [])
        #expect(try await service.list(#"{"created_to":"\#(before)"}"#) == [])
    }

    @Test("a date without a zone is UTC, regardless of the zone of the process")
    func withoutZone() async throws {
        let service = try await Self.service()

        #expect(try await service.list(#"{"created_from":"2026-11-24T02:05:04.107"}"#) == ["a"])
        #expect(try await service.list(#"{"created_from":"2026-11-24T02:05:04.108"}"#) == [])
        #expect(try await service.list(#"{"created_to":"2026-11-24"}"#) == [])
    }

    @Test(
        "a date that is not in the calendar is ignored",
        arguments: [
            "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10", "2026-11-24T25:00:00Z",
            "2026-11-24T02:60:00Z", "2026-11-24T02:05:04.Z", "2026-11-24T", "26-11-24", "now",
            "2026-11-24T02:05:04.107Zx", "2026-11-24T02:05:04.107+99:00", "Tue, 24 Nov 2026",
        ])
    func invalid(date: String) async throws {
        let service = try await Self.service()

        #expect(try await service.list(#"{"created":"\#(date)"}"#) == ["a"])
        #expect(try await service.list(#"{"created_to":"\#(date)"}"#) == ["a"])
    }

    @Test("a date that the service printed finds its job, for all milliseconds of a second")
    func roundTrip() async throws {
        let service = TestService()
        for number in 0..<334 {
            service.clock.advance(by: 3)
            let job = try await service.addJob(refID: "r\(number)", ttl: 1)
            let created = try #require(job.string("created"))
            let executeUntil = try #require(job.string("execute_until"))

            #expect(try await service.list(#"{"created":"\#(created)"}"#) == ["r\(number)"])
            #expect(
                try await service.list(#"{"execute_until":"\#(executeUntil)"}"#) == ["r\(number)"])
        }
    }
}
