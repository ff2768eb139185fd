import ArgumentParser
import Foundation
import JSON
import JobsClient

/// A duration as operators write it: `500ms`, `30s`, `5m`, `2h`, `1d`; a bare number is
/// milliseconds, as in the HTTP API.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    static let minute = TimeArgument(duration: .seconds(60))
    static let patience = TimeArgument(duration: .seconds(20))

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1),
    ]

    private init(duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard
            let unit = Self.units.first(where: { argument.hasSuffix($0.name) }),
            let number = Int64(argument.dropLast(unit.name.count)), number >= 0
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        duration = .milliseconds(milliseconds)
    }

    var defaultValueDescription: String { "\(duration.milliseconds / 1000)s" }

    static let help = "500ms, 30s, 5m, 2h, 1d; a bare number is milliseconds"
}

/// A job, and the fencing token that proves that the caller holds its lease.
struct LeaseArguments: ParsableArguments {
    @Argument(help: "The job's id.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "The lock token of the lease. Without it the call does not check who holds the lease.",
            valueName: "lock-token"))
    var token: String?

    var lease: LeaseReference {
        LeaseReference(id: JobID(id), lockToken: token.map { LockToken($0) })
    }
}

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

/// An argument that is wrong, which is noticed only when the command runs.
struct ArgumentFault: Error, CustomStringConvertible {
    let description: String
}

extension JSONText {
    /// Reads a JSON value from an argument, or from standard input if the argument is `-`.
    ///
    /// - Parameter subject: The beginning of the message for a value that is not JSON.
    init(argument: String, _ subject: String) throws {
        var text = argument
        if text == "-" {
            text = String(
                decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        }
        do {
            self = try JSONText(text)
        } catch {
            let quoted = "'\"\(argument)\"'"
            let isWord = argument.wholeMatch(of: #/[\w .-]+/#) != nil
            throw ArgumentFault(
                description: "The \(subject) not valid JSON: \(error)"
                    + (isWord ? "; a text needs quotes within quotes: \(quoted)" : ""))
        }
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
