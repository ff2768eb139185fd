import Jobs
import Mongo

extension MongoError {
    /// What the error means to callers: try again later, or (as it is) nothing that they could mend.
    var asJobsError: any Error {
        switch kind {
        case .unreachable, .notPrimary, .timedOut, .unknownOutcome, .overloaded, .closed,
            .notAuthenticated:
            JobsError.unavailable(reason: description)
        case .duplicateKey, .badURI, .other:
            self
        }
    }
}
