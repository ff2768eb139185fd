import ArgumentParser
import JobsClient

/// Conditions on the jobs of a list.
struct FilterArguments: ParsableArguments {
    @Option(help: "Only jobs of this type.")
    var type: String?

    @Option(help: "Only jobs with this reference.")
    var refID: String?

    @Option(
        help:
            "Only jobs in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var state: String?

    @Option(help: "Only jobs that were last started by the worker of this name.")
    var worker: String?

    @Option(help: "Only jobs of this group.")
    var group: String?

    @Option(help: "Only jobs whose last error is of this type.")
    var errorType: String?

    @Option(help: "Only jobs in this group of errors, as \"jobsctl errors\" prints it.")
    var errorKey: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            """
            A further condition, such as retries=0, min_retries=3 (more than) or \
            completed_from=2026-11-24T12:00:00Z. Dates: created, started, locked_until, execute_until, \
            completed, also with _from and _to (locked_from, execute_to).
            """, valueName: "key=value"))
    var conditions: [String] = []

    func validate() throws {
        _ = try filter()
    }

    func filter() throws -> JobFilter {
        var filter = JobFilter()
        filter.type = type
        filter.refID = refID
        if let state { try filter.set("state", state) }
        filter.worker = worker
        filter.group = group
        filter.errorType = errorType
        filter.errorKey = errorKey
        for condition in conditions {
            let sides = condition.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw ValidationError("\"\(condition)\" is not of the form KEY=VALUE")
            }
            try filter.set(String(sides[0]), String(sides[1]))
        }
        return filter
    }
}

extension JobFilter {
    fileprivate mutating func set(_ key: String, _ text: String) throws {
        guard let field = Self.fields.first(where: { $0.name == key }) else {
            throw ValidationError("\(key) is not a condition")
        }
        guard let value = field.kind.value(text: text) else {
            let kind =
                switch field.kind {
                case .date: "date"
                case .integer: "number"
                case .choice(let names): "state: \(names.joined(separator: ", "))"
                default: "value for it"
                }
            throw ValidationError("\(key): \"\(text)\" is not a \(kind)")
        }
        field.set(&self, value)
    }
}
