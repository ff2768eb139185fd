/// A group of operations that a caller may use. ``admin`` includes all other scopes.
public enum AccessScope: String, Sendable, CaseIterable {
    /// To add jobs.
    case produce = "jobs:produce"
    /// To start jobs, and to extend, abort and complete them.
    case work = "jobs:work"
    /// To look at jobs, and at how the service is.
    case read = "jobs:read"
    /// To remove jobs, and everything else.
    case admin = "jobs:admin"

    /// What it allows, for the description of the API.
    var note: String {
        switch self {
        case .produce: "Add jobs."
        case .work: "Start, extend, abort and complete jobs."
        case .read: "Look at jobs and at the service."
        case .admin: "Remove jobs, and all of the others."
        }
    }
}
