import Jobs
import Mongo

extension MongoError {
    /// What the error means to callers: mend the request, try again later, or (as it is) nothing
    /// that they could act on.
    var asJobsError: any Error {
        switch kind {
        case .unreachable, .notPrimary, .unknownOutcome, .closed, .notAuthenticated:
            JobsError.unavailable(reason: description)
        case .timedOut:
            JobsError.timedOut(reason: "The database took longer than it may")
        case .overloaded: JobsError.overloaded
        case .duplicateKey, .refused: JobsError.refused(reason: kind.refusal(code: code))
        case .badURI, .other: self
        }
    }
}

extension MongoWriteError {
    /// What the error of one document means to its caller. An error that the server names for a
    /// single document is about that document, whatever its code: the others of its command were
    /// written.
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
    /// Why the database does not take a job, for callers: the server's own message may quote the
    /// command and other jobs.
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
