import ArgumentParser
import JobsClient
import Testing

@testable import JobsCLI

@Suite("Commands for bulk operations and the audit")
struct OperationCommandTests {
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "jobs", subcommands: OperatorCommands.client)
    }

    private func parsed<Command>(_ arguments: [String]) throws -> Command {
        try #require(try Root.parseAsRoot(arguments) as? Command)
    }

    @Test("an operation has what is given, and defaults for the rest")
    func start() throws {
        let full: OperationsStartCommand = try parsed([
            "operations", "start", "replay", "--type", "mail", "--state", "failed", "--before",
            "2026-11-24T12:00:00Z", "--start-delay", "10s", "--reason", "why", "--delay", "5s",
            "--ttl", "1h", "--dry-run",
        ])
        let bare: OperationsStartCommand = try parsed([
            "operations", "start", "delete", "--where", "retries=3",
        ])

        let request = try full.request()
        #expect(request.action == .replay && request.filter.type == "mail")
        #expect(request.filter.state == .failed && request.startDelay == 10_000)
        #expect(request.before == Timestamp(iso8601: "2026-11-24T12:00:00Z"))
        #expect(request.reason == "why" && request.isDryRun)
        #expect(request.replay.delay == 5000 && request.replay.ttl == 3_600_000)
        let other = try bare.request()
        #expect(other.action == .delete && other.filter.retries == 3 && !other.isDryRun)
        #expect(other.before == nil && other.startDelay == 0 && !bare.wait)
    }

    @Test(
        "what cannot be used is refused before a call",
        arguments: [
            ["start", "cancel"], ["start"], ["start", "explode", "--type", "t"],
            ["start", "cancel", "--type", "t", "--ttl", "1s"],
            ["start", "cancel", "--type", "t", "--start-delay", "2h"],
            ["start", "cancel", "--type", "t", "--before", "soon"], ["list", "--max", "0"],
            ["list", "--state", "odd"], ["show"], ["cancel"],
        ])
    func mistakes(arguments: [String]) {
        #expect(throws: (any Error).self) {
            _ = try Root.parseAsRoot(["operations"] + arguments)
        }
    }

    @Test("without a subcommand, operations are listed")
    func list() throws {
        let list: OperationsListCommand = try parsed(["operations", "--state", "running"])
        #expect(list.state?.value == .running && list.max == 20)
    }

    @Test("operations are shown as a table")
    func table() throws {
        var filter = JobFilter()
        (filter.type, filter.state) = ("mail", .failed)
        var operation = BulkOperation(.replay, filter, at: Timestamp(milliseconds: 0))
        (operation.id, operation.startedBy) = ("7", "ann\u{1B}")
        (operation.done, operation.total, operation.isTotalAtLeast) = (1500, 10_000, true)

        #expect(
            JobOutput.rows(of: [operation]).last == [
                "7", "1970-01-01T00:00:00.000Z", "replay", "waiting", "1500", "10000+", "0",
                "ann\u{FFFD}", "type=mail state=failed",
            ])
    }

    @Test("the audit is shown as a table, with what is known of each call")
    func audit() throws {
        let command: AuditCommand = try parsed(["audit", "--type", "mail", "--max", "7"])
        #expect(command.query.type == "mail" && command.query.max == 7)
        #expect(throws: (any Error).self) { _ = try Root.parseAsRoot(["audit", "--max", "1001"]) }
        var entry = AuditEntry(command: "delete_job_by_id", outcome: "done")
        (entry.principal, entry.type, entry.jobID) = ("ann", "mail", "x\n")

        #expect(
            JobOutput.rows(of: [entry]).last == [
                "1970-01-01T00:00:00.000Z", "ann", "delete_job_by_id", "done",
                "type=mail job_id=x\u{FFFD}",
            ])
    }
}
