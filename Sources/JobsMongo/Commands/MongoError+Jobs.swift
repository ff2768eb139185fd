import Jobs
import Mongo

extension MongoError {
    /// The error for callers: one that asks them to change the call or to try again later, or the
    /// error itself if they cannot react to it.
    var asJobsError: any Error {
        switch kind {
        case .unreachable, .notPrimary, .unknownOutcome, .closed, .notAuthenticated:
            JobsError.unavailable(reason: description)
        case .timedOut:
            JobsError.timedOut(reason: "The database took longer than it may")
        case .overloaded: JobsError.overloaded
        case .duplicateKey(let key) where key.isClaimRequest: RequestIsServed()
        case .duplicateKey, .refused: JobsError.refused(reason: kind.refusal(code: code))
        case .badURI, .other: self
        }
    }
}

extension MongoWriteError {
    /// The error of one document for its caller. The server reports it for this document only; the
    /// other documents of the command were written.
    var asJobsError: JobsError {
        switch kind {
        case .unreachable, .notPrimary, .timedOut, .unknownOutcome, .closed, .overloaded,
            .notAuthenticated:
            .unavailable(reason: "MongoDB: \(kind), code \(code): \(message)")
        case .duplicateKey, .refused, .badURI, .other:
            .refused(reason: kind.refusal(code: code))
        }
    }
}

extension MongoError.Kind {
    /// Returns the reason of a refusal for callers. The message of the server is not used, since it
    /// may quote the command and other jobs.
    fileprivate func refusal(code: Int) -> String {
        if case .duplicateKey(let key) = self {
            let fields = key.fields.isEmpty ? "" : " on \(key.fields.joined(separator: ", "))"
            return "A unique index of the database\(fields) has such a job already"
        }
        return switch code {
        case MongoError.tooLarge, 17419, 17420: JobDocument.tooLarge
        case 15, 22: "The job is nested deeper than the database allows"
        case 121: "The job does not meet the validation rules of the database's collection"
        case 17280: "A field of the job is too long for an index of the database"
        default: "The database does not take the job (its error \(code))"
        }
    }
}
