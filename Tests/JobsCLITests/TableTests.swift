import JobsClient
import JobsTestSupport
import Testing

@testable import JobsCLI

@Suite("Tables for people")
struct TableTests {
    private static let noon = Timestamp(milliseconds: 1_795_521_600_000)

    @Test("flexible columns are cut to the width of the terminal, the widest first")
    func cut() {
        let table = Table(
            rows: [
                ["ID", "TYPE", "REF_ID"], ["1", "a-long-type-of-jobs", "order-1234567890"],
                ["2", "b", "c"],
            ], flexible: ["TYPE", "REF_ID"])

        #expect(
            table.lines(width: 29) == [
                "ID  TYPE         REF_ID", "1   a-long-typ…  order-12345…", "2   b            c",
            ])
        #expect(table.lines()[1] == "1   a-long-type-of-jobs  order-1234567890")
        // A column keeps 8 columns, and what is not flexible is whole.
        #expect(table.lines(width: 1)[1] == "1   a-long-…  order-1…")
    }

    @Test("a list of jobs with usual names fits 80 columns")
    func list() {
        let job = Job.sample(type: "mail", refID: "order-7")
        let detailed = DetailedJob(job: job, stateName: "completed")
        let moments = Moments(now: Self.noon, areExact: false)
        let table = Table(
            rows: JobTable.rows(of: [detailed], moments), flexible: ["TYPE", "REF_ID"])

        #expect(table.lines(width: 80).allSatisfy { $0.count <= 80 })
    }

    @Test(
        "times are told as ages",
        arguments: [
            (0, "0s ago"), (-59_999, "59s ago"), (-180_000, "3m ago"), (90_000, "in 1m"),
            (-90_000_000, "1d ago"), (7_200_000, "in 2h"),
        ] as [(Int64, String)])
    func ages(offset: Int64, text: String) {
        let moments = Moments(now: Self.noon, areExact: false)

        #expect(moments.text(Self.noon.advanced(by: offset)) == text)
        #expect(Moments.exact.text(Self.noon) == "2026-11-24T12:00:00.000Z")
    }
}
