import ArgumentParser
import Jobs
import Testing

@testable import JobsCLI

@Suite("Arguments of the commands that call a service")
struct OperatingCommandTests {
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(subcommands: OperatorCommands.client)
    }

    private func parsed<Command: ParsableCommand>(
        _ arguments: [String], as _: Command.Type = Command.self
    ) throws -> Command {
        try #require(try Root.parseAsRoot(arguments) as? Command)
    }

    @Test(
        "times have units; a bare number is milliseconds",
        arguments: [
            ("5", 5), ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000),
            ("1d", 86_400_000), ("0", 0), ("", nil), ("s", nil), ("-5s", nil), ("1.5s", nil),
            ("5x", nil), ("5 s", nil), ("9223372036854775807d", nil),
        ])
    func times(text: String, milliseconds: Int64?) {
        #expect(
            TimeArgument(argument: text)?.duration
                == milliseconds.map { Duration.milliseconds($0) })
    }

    @Test("conditions of a list are those of the HTTP API")
    func conditions() throws {
        let command: ListCommand = try parsed([
            "list", "--type", "mail", "--ref-id", "r", "--where", "retries=0", "--where",
            "min_retries=-1", "--where", "locked_to=2026-11-24T12:00:00Z", "--where", "id=x=y",
        ])
        var filter = JobFilter()
        filter.type = "mail"
        filter.refID = "r"
        filter.retries = 0
        filter.minRetries = -1
        filter.lockedUntil.to = Timestamp(milliseconds: 1_795_521_600_000)
        filter.id = JobID("x=y")
        #expect(try command.filter.filter() == filter)
    }

    @Test(
        "every date of the HTTP API is a condition",
        arguments: ["created", "started", "locked_until", "execute_until", "completed"])
    func dates(name: String) throws {
        let base = name.replacing("_until", with: "")
        for key in [name, "\(base)_from", "\(base)_to"] {
            let command: ListCommand = try parsed(["list", "--where", "\(key)=2026-01-01"])
            #expect(try command.filter.filter() != JobFilter())
        }
    }

    @Test(
        "invalid arguments are wrong usage",
        arguments: [
            ["list", "--where", "x"], ["list", "--where", "color=red"],
            ["list", "--where", "retries=many"], ["list", "--where", "created=soon"],
            ["start"], ["start", "mail", "--id", "x"], ["start", "--id", "x", "--wait", "5s"],
            ["start", "mail", "--timeout", "soon"], ["delete"], ["delete", "x", "--all"],
            ["complete"], ["get"], ["add", "mail"], ["clean", "all"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Root.parseAsRoot(arguments) }
        #expect(error.map { Root.exitCode(for: $0).rawValue } == 64)
    }
}
