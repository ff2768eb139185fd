import JobsClient
import Testing

@testable import JobsCLI

@Suite("The table of attempts")
struct AttemptTableTests {
    private static let noon = Timestamp(milliseconds: 1_795_521_600_000)

    @Test("an attempt has its number, its time, its outcome and its error")
    func rows() {
        let error = AttemptError(type: "Timeout", message: "too\nslow")
        let attempts = [
            Attempt(
                number: 1, started: Self.noon, ended: Self.noon.advanced(by: 2500),
                outcome: .failed, worker: "w1", error: error, delay: 5000),
            Attempt(
                number: 2, started: Self.noon, ended: Self.noon.advanced(by: 60_000),
                outcome: .lapsed, worker: "w2"),
            Attempt(number: 3, started: nil, ended: Self.noon, outcome: .aborted, delay: 0),
            Attempt(
                number: 4, started: Self.noon, ended: Self.noon.advanced(by: 20),
                outcome: .failed, error: AttemptError(), reason: .limit),
            Attempt(number: 5, started: Self.noon, ended: Self.noon, outcome: .cancelled),
        ]

        #expect(
            AttemptTable.rows(of: attempts) == [
                ["ATTEMPT", "STARTED", "TOOK", "OUTCOME", "WORKER", "NEXT", "ERROR"],
                [
                    "1", "2026-11-24T12:00:00.000Z", "2.5s", "failed", "w1", "after 5s",
                    "Timeout: too\u{FFFD}slow",
                ],
                ["2", "2026-11-24T12:00:00.000Z", "1m", "lapsed", "w2", "at once", "-"],
                ["3", "-", "-", "aborted", "-", "at once", "-"],
                ["4", "2026-11-24T12:00:00.000Z", "20ms", "failed", "-", "none (limit)", ""],
                ["5", "2026-11-24T12:00:00.000Z", "0ms", "cancelled", "-", "-", "-"],
            ])
    }

    @Test(
        "durations have at most two units",
        arguments: [
            (0, "0ms"), (-5, "0ms"), (999, "999ms"), (1000, "1s"), (59_999, "59.9s"),
            (60_000, "1m"), (61_500, "1m 1s"), (3_600_000, "1h"), (3_661_000, "1h 1m"),
            (90_000_000, "1d 1h"), (86_400_000, "1d"),
        ] as [(Int64, String)])
    func durations(milliseconds: Int64, text: String) {
        #expect(AttemptTable.text(milliseconds: milliseconds) == text)
    }
}
