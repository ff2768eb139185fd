import HTTPEdge
import Jobs
import JobsAPI
import JobsEngine
import Logging

/// The audit that can be read afterwards.
extension Audit {
    /// Writes a call to the log, and keeps it if it has, or may have, changed anything.
    ///
    /// Refused calls are in the log only, so that callers without rights cannot fill the store. A
    /// call that was carried out succeeds even if it cannot be kept.
    func keep(
        _ call: Call, _ subject: CallSubject?, _ result: Command.Result? = nil, outcome: Outcome,
        in controller: JobsController
    ) async {
        record(call, subject, result, outcome: outcome)
        guard let subject, subject.selection["dry_run"] == nil,
            outcome == .done || outcome == .failed
        else { return }
        var entry = AuditEntry(command: command, outcome: outcome.rawValue)
        entry.principal = call.knownName
        subject.describe(in: &entry)
        result?.describe(in: &entry)
        let task = Task { [entry, logger] in
            do {
                try await controller.record(entry)
            } catch {
                logger.error(
                    "Failed to keep an entry of the audit", error: error,
                    metadata: ["command": "\(entry.command)"])
            }
        }
        // A store that has just failed would let the caller wait as long again. A disconnected
        // caller does not cancel the task.
        if outcome == .done { await task.value }
    }
}

extension CallSubject {
    fileprivate func describe(in entry: inout AuditEntry) {
        let text = { (name: String) in selection[name].map { "\($0)" } }
        entry.jobID = jobID?.description.shortened
        entry.type = type ?? filteredType
        entry.schedule = text("schedule")
        entry.operationID = text("operation_id")
        entry.action = text("action")
        entry.filter = text("filter")
        entry.reason = text("reason")
        let given = Self.settings.filter { $0 != "type" && $0 != "reason" }
            .compactMap { name in text(name).map { "\(name): \($0)" } }
        if !given.isEmpty { entry.settings = given.joined(separator: ", ").shortened }
    }
}

extension Command.Result {
    fileprivate func describe(in entry: inout AuditEntry) {
        switch self {
        case .job(let job, _):
            entry.jobID = job.id.description.shortened
            entry.type = job.type
        case .replayed(let jobs):
            entry.jobs = jobs.ids.count
            entry.skipped = jobs.skipped
        case .schedule(let schedule): entry.type = schedule.newJob.type
        case .operation(let operation):
            entry.operationID = operation.id
            entry.action = operation.action.rawValue
            entry.type = operation.filter.type
            entry.jobs = operation.isEnded ? operation.done : operation.total
            entry.reason = operation.reason
        default: break
        }
    }
}
