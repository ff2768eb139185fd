import ArgumentParser
import JobsClient

struct ErrorsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors",
        abstract: "Prints why jobs fail: their errors in groups, the largest first.",
        usage: "jobsctl errors [<options>]",
        discussion: """
            A group is of jobs of one type whose last attempts failed alike: the messages differ only in \
            numbers, ids and quoted parts. The jobs have failed for good, or are tried again. \
            "jobsctl list --error-key KEY" prints those of a group, "jobsctl replay --error-key KEY" has them \
            tried again.

            \(ExitCode.explanation)
            """)

    @Option(help: "Only jobs of this type.")
    var type: String?

    @Option(help: "Only jobs that failed at this date or later, such as 2026-11-24T12:00:00Z.")
    var from: DateArgument?

    @Option(help: "Only jobs that failed at this date or earlier.")
    var to: DateArgument?

    @OptionGroup var service: ServiceOptions

    func run(_ client: any JobsClient) async throws {
        let errors = try await client.errors(query)
        JobOutput(service).show(errors)
    }

    var query: ErrorQuery { ErrorQuery(type: type, from: from?.date, to: to?.date) }
}

extension JobOutput {
    func show(_ errors: ErrorGroups) {
        guard !json else { return write { $0.errors(errors) } }
        defer { say(asOf: errors.asOf) }
        guard !errors.groups.isEmpty else { return say("No job has failed.") }
        show(Self.rows(of: errors, moments), flexible: ["TYPE", "ERROR_KEY"])
        if errors.isTruncated { print("There are more groups than these.") }
    }

    /// The groups as a table for people.
    static func rows(of errors: ErrorGroups, _ moments: Moments = .exact) -> [[String]] {
        [["COUNT", "LAST_HOUR", "TYPE", "FIRST", "LAST", "EXAMPLE", "ERROR_KEY"]]
            + errors.groups.map { group in
                [
                    "\(group.count)\(group.isCountAtLeast ? "+" : "")", lastHour(of: group),
                    group.type.printable,
                    moments.text(group.first), moments.text(group.last),
                    "\(group.example.jobID)".printable,
                    group.errorKey.printable,
                ]
            }
    }

    /// The number of jobs that failed in the last hour, if it is known.
    private static func lastHour(of group: ErrorGroup) -> String {
        guard !group.recent.isEmpty else { return "?" }
        let count = group.recent.reduce(0) { $0.addingClamped($1) }
        return "\(count)\(count < RecentErrors.maximumCount ? "" : "+")"
    }
}
