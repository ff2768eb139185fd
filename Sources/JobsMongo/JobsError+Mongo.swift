import Jobs
import Mongo

extension MongoError {
    /// What the error means to callers: try again later, or (as it is) nothing that they could mend.
    var asJobsError: any Error {
        switch kind {
        case .unreachable, .notPrimary, .timedOut, .unknownOutcome, .closed,
            .notAuthenticated:
            JobsError.unavailable(reason: description)
        case .overloaded: JobsError.overloaded
        case .duplicateKey, .badURI, .other:
            self
        }
    }
}
