import JSON

/// The members of jobs that a caller asks for by their names.
package struct JobSelection: Sendable {
    /// The names that can be asked for.
    package static let names = shown.map(\.name) + ["state"]

    private static let shown = Job.fields.filter { $0.audience != .store }
    /// The fields of a job that may be large.
    private static let bulky = Set(["params", "progress", "result", "attempts"])

    /// What is shown of a job that lacks its large fields.
    fileprivate static let withoutBulk = JobSelection(
        Job.fields.filter { $0.audience == .all }.map(\.name)
            .filter { !bulky.contains($0) && $0 != "error" })

    fileprivate let fields: [WireField<Job>]
    fileprivate let hasAttempts: Bool
    /// Whether the state is among them.
    package let hasState: Bool

    /// - Parameter names: The names of members; unknown ones are ignored. The id is always shown.
    package init(_ names: some Sequence<String>) {
        let names = Set(names)
        fields = Self.shown.filter { $0.name == "id" || names.contains($0.name) }
        hasAttempts = names.contains("attempts")
        hasState = names.contains("state")
    }

    /// The names of the large fields that are not asked for, which a store may leave out of the
    /// jobs.
    package var needless: Set<String> { Self.bulky.subtracting(fields.map(\.name)) }
}

extension JSONWriter {
    /// A job that lacks its large fields.
    mutating func jobWithoutBulk(_ job: Job) {
        self.job(job, .withoutBulk, stateName: nil)
    }

    /// A job with the members that were asked for, in the order in which all are written.
    ///
    /// - Parameter stateName: The name of the state; `nil` if it was not asked for.
    mutating func job(_ job: Job, _ selection: JobSelection, stateName: String?) {
        beginObject()
        members(selection.fields, of: job)
        if selection.hasState, let stateName {
            key("state")
            string(stateName)
        }
        if selection.hasAttempts, job.attempts.isEmpty {
            key("attempts")
            beginArray()
            endArray()
        }
        endObject()
    }
}
