/// A group of operations that a caller may use. ``admin`` includes all other scopes.
public enum AccessScope: String, Sendable, CaseIterable {
    /// To add jobs.
    case produce = "jobs:produce"
    /// To start jobs, and to extend, abort, complete and fail them.
    case work = "jobs:work"
    /// To read jobs, and the status and metrics of the service.
    case read = "jobs:read"
    /// To cancel and replay jobs, to pause and set types, and to set schedules.
    case operate = "jobs:operate"
    /// To delete jobs, and all other operations.
    case admin = "jobs:admin"

    /// The operations that the scope allows, for the description of the API.
    var note: String {
        switch self {
        case .produce: "Add jobs."
        case .work: "Start, extend, abort, complete and fail jobs."
        case .read: "Read jobs and the state of the service."
        case .operate:
            "Cancel and replay jobs, pause types and set their limits, and set schedules."
        case .admin: "Delete jobs, and everything that the other scopes allow."
        }
    }
}
