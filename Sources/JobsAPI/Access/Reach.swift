import JSON
import Jobs
import JobsEngine

/// The jobs that an operation affects, for the check of callers that are limited to types of jobs.
///
/// A type in the arguments is refused if the caller may not use it. The type of a job in the
/// arguments is looked up, and a job of another type is treated as unknown, so that the caller
/// learns nothing about it. Types never change, so the look-up stays valid until the work is done.
/// Callers without limits need no look-up.
enum Reach: Sendable {
    /// Jobs of the type in this argument.
    case type(Argument.Name)
    /// Jobs of the type in the first of these arguments or, without it, of the types in the second.
    case oneOfTypes(Argument.Name, Argument.Name)
    /// Information about the type in this argument or, without it, about the caller's types.
    case visible(Argument.Name)
    /// The job in `job_id`.
    case job
    /// The jobs that match the filter, restricted to the caller's types.
    case filter
    /// All jobs; callers with limits are refused.
    case all
}

extension Argument {
    typealias Name = String
}

extension Reach {
    /// Checks the arguments without a look-up.
    /// - Throws: A forbidden ``CommandFailure``.
    func check(_ arguments: Arguments, _ caller: CallContext) throws {
        guard caller.types != nil else { return }
        switch self {
        case .type(let name):
            try caller.require(arguments.string(name), at: arguments.path + name)
        case .oneOfTypes(let one, let several):
            if let type = arguments[one]?.string {
                try caller.require(type, at: arguments.path + one)
            }
            for (index, type) in arguments.strings(several).enumerated() {
                try caller.require(type, at: "\(arguments.path)\(several).\(index)")
            }
        case .visible(let name):
            if let type = arguments[name]?.string {
                try caller.require(type, at: arguments.path + name)
            }
        case .filter:
            let filter = arguments.object("filter")
            if let type = JobFilter(filter).type {
                try caller.require(type, at: filter.path + "type")
            }
        case .all: throw CommandFailure.limited
        case .job: break
        }
    }

    /// The result of each item that is refused or unknown to the caller; `nil` for items that are
    /// allowed.
    func verdicts(on items: [Arguments], _ caller: CallContext) async throws
        -> [Result<Command.Item, any Error>?]
    {
        guard case .job = self else {
            return items.map { item in
                do {
                    try check(item, caller)
                    return nil
                } catch {
                    return .failure(error)
                }
            }
        }
        let visible = try await caller.visible(Set(items.map(\.jobID)))
        return items.map { visible.contains($0.jobID) ? nil : .success(.nothing) }
    }
}
