package import HTTPEdge
import HTTPTypes
package import Jobs

extension JobsError: HTTPFailureConvertible {
    package var httpFailure: HTTPFailure {
        switch self {
        case .lockLost(let id):
            HTTPFailure(
                status: .conflict, category: "Conflict", code: "LOCK_LOST",
                message: "The lock_token is not that of the last lease on job \(id)",
                details: [("job_id", id.description)], isOutcome: true)
        case .unavailable:
            HTTPFailure(
                status: .serviceUnavailable, category: "NoResponse", code: "CONNECT_FAILED",
                message: "The store of the jobs cannot be reached, try again later",
                headers: [.retryAfter: "1"], isOutcome: true)
        case .overloaded:
            .overloaded
        case .refused(let reason):
            HTTPFailure(
                status: .badRequest, category: "BadRequest", code: "REFUSED", message: reason)
        case .notReplayed(let id, let isKeyTaken):
            HTTPFailure(
                status: .conflict, category: "Conflict", code: "NOT_REPLAYED",
                message: isKeyTaken
                    ? "Another unfinished job has the type and ref_id of job \(id)"
                    : "Job \(id) is in no state from which jobs are replayed",
                details: [("job_id", id.description)], isOutcome: true)
        case .requestConflict(let id):
            HTTPFailure(
                status: .conflict, category: "Conflict", code: "REQUEST_CONFLICT",
                message: "The request_id has added job \(id) before, with another ref_id",
                details: [("argument", "request_id"), ("job_id", id.description)], isOutcome: true)
        case .timedOut(let reason):
            HTTPFailure(
                status: .serviceUnavailable, category: "NoResponse", code: "TIMED_OUT",
                message: reason, headers: [.retryAfter: "1"])
        }
    }
}
