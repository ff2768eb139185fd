public import Jobs
public import Testing

/// A stored job with a field at an end of its range, or beyond.
///
/// A store that reads data of other programs has to serve this job and other jobs by the rules;
/// ``check(_:census:)`` carries out all operations.
public struct ExtremeJob: Sendable, CustomTestStringConvertible {
    /// The id in ``json``.
    public static let id = JobID("extreme")
    public let field: String
    /// The value of the field as JSON.
    public let value: String

    public var testDescription: String { "\(field): \(value)" }

    /// The job as a JSON object with the fields that every version of the service writes. Its type
    /// is `mail`, and it is ready unless the field prevents that.
    public var json: String {
        let fields = [
            ("id", "\"\(Self.id)\""), ("type", "\"mail\""), ("ref_id", "\"1\""), ("params", "null"),
            ("created", "\"2026-11-24T12:00:00.000Z\""), ("started", "null"),
            ("locked_until", "null"), ("execute_until", "null"), ("completed", "null"),
            ("retries", "0"),
        ]
        var members = fields.map { name, value in
            "\"\(name)\":\(name == field ? self.value : value)"
        }
        if !fields.contains(where: { $0.0 == field }) { members.append("\"\(field)\":\(value)") }
        // A lease has both of its dates.
        if field == "locked_until" || field == "started" {
            let other = field == "started" ? "locked_until" : "started"
            members = members.map { $0 == "\"\(other)\":null" ? "\"\(other)\":\(value)" : $0 }
        }
        return "{\(members.joined(separator: ","))}"
    }

    public static let all: [ExtremeJob] = dates + numbers

    private static let dates = [
        "created", "started", "locked_until", "execute_until", "completed", "delayed_until",
    ].flatMap { field in
        [
            "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z",
            "-000001-12-31T23:59:59.999Z", "-271821-04-20T00:00:00.000Z",
            "-0044-03-15T00:00:00.000",
            "+010000-01-01T00:00:00.000Z", "+275760-09-13T00:00:00.000Z",
            "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
            "+002026-11-24T12:00:00.000Z",
        ].map { ExtremeJob(field: field, value: "\"\($0)\"") }
    }

    private static let numbers = ["retries", "priority"].flatMap { field in
        [
            "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "-9223372036854775809", "1e308", "-1e308", "2147483648", "1e-300",
            "0.0e9223372036854775807",
        ].map { ExtremeJob(field: field, value: $0) }
    }

    /// Carries out all operations on a store with this job only.
    /// - Parameter census: The census of the same store.
    public static func check(_ store: StoreUnderTest, census: any JobsCensus) async throws {
        _ = try await census.census(maxRetries: 10)
        for filter in filters { _ = try await store.jobs.list(filter, Paging(wantsTotal: true)) }
        #expect(try await store.list().jobs.map(\.id) == [id])
        _ = try await store.jobs.nextAvailability(of: "mail")
        for timeout in [0, Int64.min, 1000, .max] {
            _ = try await store.start(timeout: timeout)
            let byID = try await store.jobs.start(Start(id, timeout: timeout))
            if let byID { try await store.jobs.release([byID]) }
            _ = try await store.start(timeout: timeout, maxRetries: .max)
            _ = try await store.extend(id, timeout: timeout)
            _ = try await store.abort(id, delay: timeout)
            _ = try await store.jobs.nextAvailability(of: "mail")
        }
        // Another job is unaffected.
        let neighbour = try await store.add(type: "other", refID: "2", ttl: 60_000)
        let started = try #require(try await store.start(type: "other", timeout: 1000))
        #expect(started.job.id == neighbour.id)
        #expect(try await store.start(type: "other") == nil)
        #expect(try await store.complete(neighbour.id, started.lockToken)?.completed != nil)
        _ = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
        try await store.jobs.clean(Cleaning(maxRetries: .max))
        _ = try await store.complete(id)
        _ = try await census.census(maxRetries: 0)
        _ = try await store.jobs.delete(id)
        #expect(try await store.jobs.get(id) == nil)
        try await store.jobs.deleteAll()
        #expect(try await store.list().jobs.isEmpty)
    }

    private static var filters: [JobFilter] {
        [Int.min, 0, .max].map { retries in
            var filter = JobFilter()
            filter.minRetries = retries
            filter.created = DateCondition(from: .min, to: .max)
            return filter
        } + [JobFilter()]
    }
}
