import HTTPEdge
import JSON
import Jobs
import JobsEngine

/// What an operation touches, by which a caller that is limited to types of jobs is checked.
///
/// A type that the caller names itself is refused where it is not one of its own. Of a job that it
/// names the type is looked up, and a job of another type is answered as an unknown one, so the
/// caller learns nothing of it. Types never change, so nothing can happen between the look-up and
/// the work. For callers without limits nothing is looked up.
enum Reach: Sendable {
    /// Jobs of the type that this argument says.
    case type(Argument.Name)
    /// The job that `job_id` says.
    case job
    /// The jobs that the filter finds, of the caller's types alone.
    case filter
    /// All jobs, which is nothing for a caller with limits.
    case all
}

extension Argument {
    typealias Name = String
}

extension Reach {
    /// Checks what the arguments say by themselves.
    /// - Throws: ``HTTPFailure``, a 403.
    func check(_ arguments: Arguments, _ caller: CallContext) throws {
        guard caller.types != nil else { return }
        switch self {
        case .type(let name):
            try caller.require(arguments.string(name), at: arguments.path + name)
        case .filter:
            let filter = arguments.object("filter")
            if let type = filter["type"]?.string {
                try caller.require(type, at: filter.path + "type")
            }
        case .all: throw HTTPFailure.limited
        case .job: break
        }
    }

    /// What is answered for each of these items without having anything done; `nil`: the item is
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

/// The caller of an operation, and the jobs that it may reach.
struct CallContext: Sendable {
    let jobs: JobsController
    /// The types of jobs that the caller may touch; `nil`: all.
    var types: Set<String>?
    /// The caller that waiting claims are counted for; `nil` if it is not known.
    var claimant: String?

    /// - Throws: ``HTTPFailure``, a 403 that names the argument.
    fileprivate func require(_ type: String, at path: String) throws {
        guard types?.holds(type) ?? true else { throw HTTPFailure.typeForbidden(path) }
    }

    /// Which of the jobs are there for this caller, looked up in one go.
    fileprivate func visible(_ ids: Set<JobID>) async throws -> Set<JobID> {
        guard let types else { return ids }
        return Set(try await jobs.types(of: ids).filter { types.holds($0.value) }.keys)
    }
}
