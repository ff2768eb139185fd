import HTTPEdge
import HTTPTypes
import Jobs
import Logging

/// The audit log of the operations that remove jobs: the caller, the operation and its outcome.
struct Audit: Sendable {
    let command: String
    let logger: Logger

    /// - Parameter jobID: if one was named.
    func record(_ call: Call, jobID: JobID?, outcome: Outcome) {
        var metadata = call.logMetadata ?? [:]
        metadata["command"] = "\(command)"
        metadata["principal"] = "\(call.principalName)"
        metadata["outcome"] = "\(outcome.rawValue)"
        if let jobID { metadata["job_id"] = "\(jobID.description.shortened)" }
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
        /// There is no such job, or not for this caller.
        case absent
        case refused
        /// It may have been done, or not.
        case failed

        /// - Parameter jobID: that the call named.
        init(_ result: Command.Result, of jobID: JobID?) {
            if jobID != nil, case .nothing = result { self = .absent } else { self = .done }
        }

        init(_ error: any Error) {
            let status = HTTPFailure(error).status.code
            self = (400..<500).contains(status) ? .refused : .failed
        }
    }
}
