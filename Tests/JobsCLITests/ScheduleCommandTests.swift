import ArgumentParser
import JobsClient
import Testing

@testable import JobsCLI

@Suite("Commands for schedules")
struct ScheduleCommandTests {
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "jobs", subcommands: OperatorCommands.client)
    }

    private func parsed<Command>(_ arguments: [String]) throws -> Command {
        try #require(try Root.parseAsRoot(["schedule"] + arguments) as? Command)
    }

    @Test("a schedule has what is given, and defaults for the rest")
    func set() throws {
        let full: ScheduleSetCommand = try parsed([
            "set", "nightly", "report", "all", #"{"a":1}"#, "--cron", "0 3 * * *", "--time-zone",
            "Europe/Berlin", "--overlap", "skip", "--catch-up", "none", "--paused", "--until",
            "2027-01-01T00:00:00Z", "--ttl", "1h", "--group", "g",
        ])
        let bare: ScheduleSetCommand = try parsed(["set", "s", "t", "r", "--every", "30s"])

        let until = try #require(Timestamp(iso8601: "2027-01-01T00:00:00Z"))
        #expect(
            try full.schedule()
                == Schedule(
                    id: "nightly", cron: "0 3 * * *", timeZone: "Europe/Berlin",
                    newJob: NewJob(
                        type: "report", refID: "all", ttl: 3_600_000,
                        params: try JSONText(#"{"a":1}"#), group: "g"),
                    overlap: .skip, catchUp: .none, isPaused: true, until: until))
        #expect(
            try bare.schedule()
                == Schedule(id: "s", every: 30_000, newJob: NewJob(type: "t", refID: "r")))
    }

    @Test(
        "what cannot be used is refused before a call",
        arguments: [
            ["set", "s", "t", "r"], ["set", "s", "t", "r", "--every", "999ms"],
            ["set", "s", "t", "r", "--every", "1s", "--cron", "@daily"],
            ["set", "s", "t", "r", "--every", "1s", "--overlap", "maybe"],
            ["set", "s", "t", "r", "--every", "1s", "--until", "soon"], ["run"], ["delete"],
        ])
    func mistakes(arguments: [String]) {
        #expect(throws: (any Error).self) {
            _ = try Root.parseAsRoot(["schedule"] + arguments)
        }
    }

    @Test("schedules are rows of a table")
    func table() {
        let job = NewJob(type: "t", refID: "r")
        var active = Schedule(id: "a", every: 90_000, newJob: job)
        active.next = Timestamp(milliseconds: 0)
        let over = Schedule(id: "b\n", cron: "@daily", timeZone: "Asia/Tokyo", newJob: job)
        let paused = Schedule(id: "c", cron: "@daily", newJob: job, isPaused: true)

        #expect(
            ScheduleTable.rows(of: [active, over, paused]).dropFirst().map { $0 } == [
                ["a", "every 1m 30s", "UTC", "t", "r", "active", "1970-01-01T00:00:00.000Z", "-"],
                ["b\u{FFFD}", "@daily", "Asia/Tokyo", "t", "r", "over", "-", "-"],
                ["c", "@daily", "UTC", "t", "r", "paused", "-", "-"],
            ])
    }
}
