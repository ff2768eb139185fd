import HTTPEdge
import HTTPTypes
import Jobs
import JobsAPI
import JobsEngine
import Logging

/// The audit log of the operations that remove, cancel or replay jobs or change settings or
/// schedules: the caller, the operation and its outcome.
struct Audit: Sendable {
    let command: String
    let logger: Logger

    /// - Parameters:
    ///   - subject: The subject of the call; `nil` if the arguments could not be read.
    ///   - result: The result of the call; `nil` if it failed.
    func record(
        _ call: Call, _ subject: CallSubject?, _ result: Command.Result? = nil, outcome: Outcome
    ) {
        var metadata = call.logMetadata ?? [:]
        if let subject { metadata.merge(subject.selection) { $1 } }
        if case .replayed(let jobs) = result {
            metadata["jobs"] = "\(jobs.ids.count)"
            metadata["skipped"] = "\(jobs.skipped)"
        }
        if case .operation(let operation) = result {
            if let id = operation.id { metadata["operation_id"] = "\(id)" }
            metadata["action"] = "\(operation.action.rawValue)"
            metadata["jobs"] = "\(operation.isEnded ? operation.done : operation.total)"
        }
        metadata["command"] = "\(command)"
        metadata["principal"] = "\(call.principalName)"
        metadata["outcome"] = "\(outcome.rawValue)"
        if let jobID = subject?.jobID { metadata["job_id"] = "\(jobID.description.shortened)" }
        if let name = ClientConnection.current?.certificateName {
            metadata["certificate"] = "\(name.shortened)"
        }
        if let address = ClientConnection.current?.address {
            metadata["remote_address"] = "\(address)"
        }
        logger.log(
            level: outcome == .done || outcome == .absent ? .info : .warning, "Audit: \(command)",
            metadata: metadata)
    }

    enum Outcome: String {
        case done
        /// There is no such job or schedule, or the caller may not use it.
        case absent
        case refused
        /// It is unknown whether the operation was carried out.
        case failed

        /// - Parameter subject: The subject of the call.
        init(_ result: Command.Result, of subject: CallSubject) {
            if subject.isOne, case .nothing = result { self = .absent } else { self = .done }
        }

        init(_ error: any Error) {
            let status = HTTPFailure(error).status.code
            self = (400..<500).contains(status) ? .refused : .failed
        }
    }
}
