import ArgumentParser
import JobsClient
import Testing

@testable import JobsCLI

@Suite("Arguments of the commands that call a service")
struct OperatingCommandTests {
    /// 2026-11-24T12:00:00Z
    private let noon = Timestamp(milliseconds: 1_795_521_600_000)

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
            ["list", "--state", "broken"], ["list", "--where", "state=broken"],
            ["replay"], ["replay", "--dry-run"], ["replay", "x", "--max-jobs", "0"],
            ["replay", "--state", "failed", "--max-jobs", "1001"],
            ["replay", "--state", "failed", "--ttl", "soon"], ["fail"], ["cancel"],
            ["cancel", "x", "--token", "t"], ["fail", "x", "--delay", "soon"],
            ["add", "mail", "1", "--retry-backoff", "quadratic"],
            ["errors", "mail"], ["errors", "--from", "soon"], ["errors", "--error-key", "x"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Root.parseAsRoot(arguments) }
        #expect(error.map { Root.exitCode(for: $0).rawValue } == 64)
    }

    @Test("the outcome, the worker and the group are conditions too")
    func outcomeConditions() throws {
        let command: ListCommand = try parsed([
            "list", "--state", "failed", "--worker", "w1", "--group", "g", "--error-type",
            "Timeout", "--newest-first", "--after", "x", "--take", "5",
        ])
        let conditions: ListCommand = try parsed([
            "list", "--where", "state=failed", "--where", "worker=w1", "--where", "group=g",
            "--where", "error_type=Timeout",
        ])
        var filter = JobFilter()
        filter.state = .failed
        filter.worker = "w1"
        filter.group = "g"
        filter.errorType = "Timeout"
        let ofGroup: ReplayCommand = try parsed(["replay", "--error-key", "order # \u{1F4A5}"])
        #expect(try ofGroup.request().filter?.errorKey == "order # \u{1F4A5}")

        #expect(try command.filter.filter() == filter)
        #expect(try conditions.filter.filter() == filter)
        #expect(command.paging == Paging(take: 5, after: JobID("x"), isDescending: true))
    }

    @Test("the jobs to replay are named by ids, by conditions or by both")
    func replay() throws {
        let byIDs: ReplayCommand = try parsed(["replay", "x", "y", "--delay", "5s"])
        let byFilter: ReplayCommand = try parsed([
            "replay", "--state", "failed", "--type", "mail", "--max-jobs", "10", "--ttl", "1h",
            "--dry-run",
        ])

        let first = try byIDs.request()
        #expect(first.ids == [JobID("x"), JobID("y")] && first.filter == nil)
        #expect(first.maxJobs == 1000 && !first.isDryRun)
        #expect(first.replay.delay == 5000 && first.replay.ttl == nil)
        let second = try byFilter.request()
        #expect(second.ids == nil && second.filter?.state == .failed)
        #expect(second.filter?.type == "mail" && second.maxJobs == 10 && second.isDryRun)
        #expect(second.replay.delay == nil && second.replay.ttl == 3_600_000)
    }

    @Test("groups of errors are asked for by type and time")
    func errors() throws {
        let all: ErrorsCommand = try parsed(["errors"])
        let some: ErrorsCommand = try parsed([
            "errors", "--type", "mail", "--from", "2026-11-24T12:00:00Z", "--to",
            "2026-11-24T12:00:00.005Z",
        ])

        #expect(all.query == ErrorQuery())
        #expect(some.query == ErrorQuery(type: "mail", from: noon, to: noon.advanced(by: 5)))
    }

    @Test("groups of errors are printed in a table, which no text can break")
    func errorTable() {
        let group = ErrorGroup(
            type: "mail", errorKey: "lost #\u{1B}[2J", count: 10_000, isCountAtLeast: true,
            first: noon, last: noon.advanced(by: 5), recent: [0, 400, 600],
            example: .init(jobID: JobID("x")))
        var small = group
        small.recent = [2, 5]
        var unknown = group
        unknown.recent = []

        #expect(
            JobOutput.rows(of: ErrorGroups(groups: [small, unknown])).map { $0[1] }
                == ["LAST_HOUR", "7", "?"])
        #expect(
            JobOutput.rows(of: ErrorGroups(groups: [group])) == [
                ["COUNT", "LAST_HOUR", "TYPE", "FIRST", "LAST", "EXAMPLE", "ERROR_KEY"],
                [
                    "10000+", "1000+", "mail", "2026-11-24T12:00:00.000Z",
                    "2026-11-24T12:00:00.005Z", "x",
                    "lost #\u{FFFD}[2J",
                ],
            ])
    }

    @Test("an error has what is given of it")
    func fail() throws {
        let full: FailCommand = try parsed([
            "fail", "x", "--token", "t", "--type", "Timeout", "--message", "too slow",
            "--details", #"{"ms":5}"#, "--no-retry", "--delay", "5m",
        ])
        let bare: FailCommand = try parsed(["fail", "x"])
        let wrong: FailCommand = try parsed(["fail", "x", "--details", "{"])

        let error = try #require(try full.error())
        #expect(error.type == "Timeout" && error.message == "too slow")
        #expect(error.details?.description == #"{"ms":5}"#)
        #expect(full.noRetry && full.delay?.duration == .seconds(300))
        #expect(full.job.lease.lockToken == LockToken("t"))
        #expect(try bare.error() == nil && !bare.noRetry && bare.delay == nil)
        #expect(throws: (any Error).self) { try wrong.error() }
    }

    @Test("a new job has the policy that is given, else none")
    func retry() throws {
        let full: AddCommand = try parsed([
            "add", "mail", "1", "--retry-backoff", "linear", "--retry-delay", "5s",
            "--retry-max-delay", "1m", "--retry-jitter", "0.1", "--max-retries", "3", "--group",
            "g",
        ])
        let bare: AddCommand = try parsed(["add", "mail", "1"])

        let policy = RetryPolicy(backoff: .linear, delay: 5000, maxDelay: 60_000, jitter: 0.1)
        #expect(full.job.retry.policy == policy && full.job.maxRetries == 3)
        #expect(full.job.group == "g" && bare.job.retry.policy == nil)
    }

    /// The commands that call a service, also those of groups.
    private static var leaves: [any ParsableCommand.Type] {
        OperatorCommands.client.flatMap { command in
            let inner = command.configuration.subcommands
            return inner.isEmpty ? [command] : inner
        }
    }

    @Test("the help of each command fits a terminal of 80 columns", arguments: leaves)
    func help(command: any ParsableCommand.Type) {
        let help = Root.helpMessage(for: command, columns: 80)
        #expect(help.contains("jobsctl --help") && help.contains("--json"))
        for line in help.split(separator: "\n") where line.count > 80 {
            Issue.record("\(line)")
        }
        let usage = help.split(separator: "\n").first { $0.hasPrefix("USAGE:") } ?? ""
        #expect(usage.count <= 80, "\(usage)")
    }

    @Test("the help of conditions names all states")
    func states() {
        let help = Root.helpMessage(for: ReplayCommand.self, columns: 200)
        for state in JobState.allCases { #expect(help.contains(state.rawValue)) }
    }
}
