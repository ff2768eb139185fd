import ArgumentParser
import JobsClient
import Testing

@testable import JobsCLI

@Suite("Commands on types of jobs")
struct TypeCommandTests {
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(subcommands: OperatorCommands.client)
    }

    private static let noon = Timestamp(milliseconds: 1_795_521_600_000)

    private func parsed<Command: ParsableCommand>(
        _ arguments: [String], as _: Command.Type = Command.self
    ) throws -> Command {
        try #require(try Root.parseAsRoot(arguments) as? Command)
    }

    @Test("a pause ends at a time, after a time, or never by itself")
    func pause() throws {
        let plain: PauseCommand = try parsed(["pause", "mail", "--reason", "rest"])
        let until: PauseCommand = try parsed([
            "pause", "*", "--until", "2026-11-24T12:00:00Z",
        ])
        let after: PauseCommand = try parsed(["pause", "mail", "--for", "2h"])

        #expect(plain.type == "mail" && plain.reason == "rest")
        #expect(plain.end(at: Self.noon) == nil)
        #expect(until.type == "*" && until.end(at: Timestamp(milliseconds: 0)) == Self.noon)
        #expect(after.end(at: Self.noon) == Self.noon.advanced(by: 7_200_000))
    }

    @Test("limits are set, taken away or kept")
    func limits() throws {
        let set: LimitCommand = try parsed([
            "limit", "mail", "--max-running", "5", "--max-starts", "10", "--period", "1m",
        ])
        let removed: LimitCommand = try parsed([
            "limit", "mail", "--max-running-per-group", "none", "--max-starts", "none",
        ])

        var change = TypeChange()
        change.maxRunning = .set(5)
        change.maxStarts = .set(StartRate(count: 10, period: 60_000))
        #expect(set.change == change)
        change = TypeChange()
        change.maxRunningPerGroup = .remove
        change.maxStarts = .remove
        #expect(removed.change == change)
    }

    @Test(
        "invalid arguments are wrong usage",
        arguments: [
            ["pause"], ["pause", "a", "b"], ["pause", "a", "--until", "soon"],
            ["pause", "a", "--for", "soon"],
            ["pause", "a", "--for", "1h", "--until", "2026-11-24T12:00:00Z"], ["resume"],
            ["limit", "a"], ["limit", "--max-running", "5"], ["limit", "a", "--max-running", "0"],
            ["limit", "a", "--max-running", "many"], ["limit", "a", "--max-starts", "5"],
            ["limit", "a", "--max-starts", "none", "--period", "1s"],
            ["limit", "a", "--max-running", "1", "--period", "1s"], ["explain"],
            ["types", "a", "b"], ["types", "--take", "all"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Root.parseAsRoot(arguments) }
        #expect(error.map { Root.exitCode(for: $0).rawValue } == 64)
    }

    private var mail: TypeStatus {
        var mail = TypeStatus(type: "mail")
        mail.counts.ready = 12
        mail.counts.oldestReady = 185_000
        mail.counts.running = 3
        mail.counts.failed = 2
        mail.limits = TypeLimits(
            maxRunning: 5, maxRunningPerGroup: 1, maxStarts: StartRate(count: 9, period: 60_000))
        mail.pause = TypePause(
            reason: "rest\n", since: Self.noon.advanced(by: -60_000),
            until: Self.noon.advanced(by: 60_000))
        mail.workers = [
            SeenWorker(worker: "w1", lastClaim: Self.noon.advanced(by: -20_000), running: 3)
        ]
        mail.lastClaim = Self.noon.advanced(by: -20_000)
        return mail
    }

    @Test("the table has a row for each type and fits on 80 columns")
    func table() {
        let table = TypeTable(now: Self.noon)
        let rows = table.rows(of: [mail, TypeStatus(type: "no\u{1B}workers")])

        #expect(
            rows == [
                [
                    "TYPE", "READY", "OLDEST", "DELAYED", "RUNNING", "FAILED", "WORKERS",
                    "CLAIMED", "PAUSED",
                ],
                ["mail", "12", "3m", "0", "3/5", "2", "1", "20s", "1m"],
                ["no\u{FFFD}workers", "0", "-", "0", "0", "0", "0", "-", "-"],
            ])
        let width = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        #expect(width.reduce(0, +) + 2 * (width.count - 1) <= 80)
    }

    @Test("rates are per minute, over the last minutes in which jobs were counted")
    func rates() {
        let now = Self.noon.advanced(by: 30_000)
        var rates = JobRates(endingAt: now)
        rates.added = Array(repeating: 60, count: 59) + [30]
        rates.started[58] = 1
        rates.completed[59] = 123_456
        var type = mail
        type.rates = rates
        type.waitTime = JobTimes(p50: 7, p95: 1234)
        type.runTime = JobTimes(p50: 65_000, p95: 90_000_000)
        var long = TypeStatus(type: String(repeating: "x", count: 14))
        long.rates = rates
        let hour = RateTable(now: now, since: Self.noon.advanced(by: -3_600_000))

        let rows = hour.rows(of: [type, long, TypeStatus(type: "none")], others: rates)

        #expect(
            rows.map { $0.joined(separator: " ") } == [
                "TYPE ADDED/MIN STARTED DONE FAILED WAIT P50 P95 RUN P50 P95",
                "mail 60 0.2 22447 0.0 7ms 1.2s 65s 25h",
                "\(long.type) 60 0.2 22447 0.0 - - - -", "none - - - - - - - -",
                "(others) 60 0.2 22447 0.0 - - - -",
            ])
        let width = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        #expect(width.reduce(0, +) + 2 * (width.count - 1) <= 80)

        // Counted for a minute and a half; and for no time at all.
        let young = RateTable(now: now, since: Self.noon.advanced(by: -60_000))
        rates.added = Array(repeating: 0, count: 58) + [60, 30]
        type.rates = rates
        #expect(young.rows(of: [type])[1][1] == "60")
        rates.added = Array(repeating: 0, count: 59) + [5]
        type.rates = rates
        #expect(RateTable(now: now, since: now).rows(of: [type])[1][1] == "30")
    }

    @Test("one type is shown with all that is known of it")
    func lines() {
        let table = TypeTable(now: Self.noon)
        let all = TypePause(since: Self.noon)
        let lines = table.lines(of: mail, pauseOfAllTypes: all).map { "\($0): \($1)" }

        for line in [
            "type: mail", "all paused: since 2026-11-24T12:00:00.000Z",
            """
            paused: since 2026-11-24T11:59:00.000Z until 2026-11-24T12:01:00.000Z: rest\u{FFFD}
            """,
            "ready: 12", "oldest ready: 3m 5s", "running: 3", "max running: 5",
            "max per group: 1", "max starts: 9 in 1m", "waiting claims: 0",
            "last claim: 2026-11-24T11:59:40.000Z",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(table.rows(of: mail.workers).last == ["w1", "3", "20s"])
    }
}
