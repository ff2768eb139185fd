import JSON
import Jobs

/// The argument `fields` of lists of jobs.
extension Command {
    /// The members that are shown of the jobs of a list.
    static let fields = Argument.optional(
        "fields", .choices(JobSelection.names),
        Argument.Note(
            """
            The names of the members to return of each job; the id is always among them. Default: all, \
            and the state and the attempts as details says.
            """, example: ["type", "ref_id", "state"]))
}

extension Arguments {
    /// The members that `fields` asks for; `nil` if it is missing.
    var selection: JobSelection? {
        self["fields"].map { JobSelection($0.elements.compactMap(\.string)) }
    }
}
