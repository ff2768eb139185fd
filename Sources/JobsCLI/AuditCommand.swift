import ArgumentParser
import JobsClient

struct AuditCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prints who removed, cancelled, replayed or changed what, the newest first.",
        discussion: """
            What operators and administrators did in the last 30 days. Adding, claiming and finishing jobs \
            is not recorded.

            \(ExitCode.explanation)
            """)

    @Option(help: "Only what concerns jobs of this type.")
    var type: String?

    @Option(help: "Only what was done at this date or later, such as 2026-11-24T12:00:00Z.")
    var from: DateArgument?

    @Option(help: "Only what was done at this date or earlier.")
    var to: DateArgument?

    @Option(help: "The maximum number of lines, up to 1000.")
    var max = 50

    @Option(help: ArgumentHelp("Go on after the entry with this id.", valueName: "id"))
    var after: String?

    @OptionGroup var service: ServiceOptions

    func validate() throws {
        guard 1...AuditQuery.maximumCount ~= max else {
            throw ValidationError("--max is 1 to 1000")
        }
    }

    func run(_ client: any JobsClient) async throws {
        JobOutput(service).show(try await client.audit(query))
    }

    var query: AuditQuery {
        AuditQuery(type: type, from: from?.date, to: to?.date, max: max, after: after)
    }
}

extension JobOutput {
    func show(_ entries: [AuditEntry]) {
        guard !json else { return write { $0.audit(entries) } }
        show(Self.rows(of: entries))
    }

    /// The entries as a table for people.
    static func rows(of entries: [AuditEntry]) -> [[String]] {
        let named = ["id", "at", "command", "principal", "outcome"]
        return [["AT", "BY", "COMMAND", "OUTCOME", "WHAT"]]
            + entries.map { entry in
                let rest = AuditEntry.fields.filter { !named.contains($0.name) }
                let what = rest.compactMap { field in
                    field.value(entry).map { "\(field.name)=\($0)" }
                }
                return [
                    "\(entry.at)", (entry.principal ?? "-").printable, entry.command.printable,
                    entry.outcome.printable, what.joined(separator: " ").printable,
                ]
            }
    }
}
