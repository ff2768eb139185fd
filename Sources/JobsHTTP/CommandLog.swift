import HTTPEdge
import HTTPTypes
import JSON
import Jobs
import JobsAPI
import JobsEngine
import Logging

/// Logs the outcome of the calls of a command.
///
/// Lines contain the id and the type of a job, but never params or tokens. They are formatted only
/// if they are written.
struct CommandLog: Sendable {
    let logger: Logger
    let command: String
    /// `<base route>.<command>`
    let name: String

    func begins(_ call: Call) {
        guard logger.logLevel <= .trace else { return }
        logger.trace("Executing \(name) method", metadata: call.logMetadata)
    }

    func ends(
        _ call: Call, _ subject: CallSubject, _ result: Command.Result, _ answer: Answer,
        since start: ContinuousClock.Instant
    ) {
        guard logger.logLevel <= .debug else { return }
        var metadata = metadata(of: call, subject, since: start)
        metadata["status"] = .stringConvertible(answer.status.code)
        result.describe(in: &metadata)
        logger.debug("Executed \(name) method", metadata: metadata)
    }

    /// Logs a failed call. Lost leases and lost connections are not failures of the service and are
    /// logged at `debug`. Mistakes of the caller and refusals under overload are expected and are
    /// logged at `info`. Everything else needs the attention of an operator.
    /// - Parameter subject: The subject of the call; `nil` if the arguments could not be read.
    func fails(
        _ call: Call, _ subject: CallSubject?, _ error: any Error,
        since start: ContinuousClock.Instant
    ) {
        let (level, isLost) =
            switch error {
            case JobsError.lockLost: (Logger.Level.debug, false)
            case is ConnectionLost: (.debug, true)
            default: (HTTPFailure(error).isExpected ? .info : .error, false)
            }
        guard logger.logLevel <= level else { return }
        var metadata = metadata(of: call, subject, since: start)
        if !isLost { metadata["status"] = .stringConvertible(HTTPFailure(error).status.code) }
        let message: Logger.Message = "Failed to execute \(name) method"
        if let failure = error as? HTTPFailure {
            logger.log(level: level, "\(message): \(failure.message)", metadata: metadata)
        } else {
            logger.log(level: level, message, error: error, metadata: metadata)
        }
    }

    /// Logs that a caller was not authenticated or not authorized. Only an operator can tell
    /// whether that is a mistake or an attack.
    func refuses(_ call: Call, _ error: any Error) {
        guard logger.logLevel <= .info else { return }
        let failure = HTTPFailure(error)
        var metadata = call.logMetadata ?? [:]
        metadata["command"] = .string(command)
        metadata["principal"] = .string(call.principalName)
        metadata["status"] = .stringConvertible(failure.status.code)
        if let address = ClientConnection.current?.address {
            metadata["remote_address"] = .string(address)
        }
        logger.info("Refused \(name) method: \(failure.message)", metadata: metadata)
    }

    private func metadata(
        of call: Call, _ subject: CallSubject?, since start: ContinuousClock.Instant
    ) -> Logger.Metadata {
        var metadata = call.logMetadata ?? [:]
        metadata["command"] = .string(command)
        subject?.describe(in: &metadata)
        metadata["duration"] = .stringConvertible(start.duration(to: .now).milliseconds)
        return metadata
    }
}

/// The subject of a call, for log lines after its arguments have been released.
struct CallSubject {
    /// The job in the arguments.
    let jobID: JobID?
    let type: String?
    /// The type in the filter, for operations that are audited.
    let filteredType: String?
    /// The selection of several jobs, for operations that are audited.
    let selection: Logger.Metadata

    /// Whether the call is about one job or schedule.
    var isOne: Bool {
        jobID != nil || selection["schedule"] != nil || selection["operation_id"] != nil
    }

    /// - Parameter isAudited: Whether to keep the selection of several jobs.
    init(_ arguments: Arguments, isAudited: Bool = false) {
        jobID = arguments["job_id"]?.string.map { JobID($0) }
        type = arguments["type"]?.string ?? arguments.object("new_job")["type"]?.string
        selection = isAudited ? Self.selection(arguments) : [:]
        filteredType = isAudited ? arguments.object("filter")["type"]?.string : nil
    }

    /// The arguments that say what to do with a type.
    static let settings = ["type", "reason", "until"] + TypeSettings.settableNames
    /// The arguments that say what to do with many jobs.
    private static let texts = ["operation_id", "action", "before"]

    private static func selection(_ arguments: Arguments) -> Logger.Metadata {
        var selection: Logger.Metadata = [:]
        if let ids = arguments["job_ids"] {
            selection["job_ids"] = .stringConvertible(ids.elementCount)
        }
        if let filter = arguments["filter"] {
            selection["filter"] = .string(filter.text.description.shortened)
        }
        if arguments["dry_run"]?.boolean == true { selection["dry_run"] = "true" }
        if let id = arguments["id"]?.string { selection["schedule"] = .string(id.shortened) }
        for name in Self.texts {
            if let text = arguments[name]?.string { selection[name] = .string(text.shortened) }
        }
        for name in Self.settings {
            if let value = arguments[name] {
                selection[name] = .string((value.string ?? value.text.description).shortened)
            } else if arguments.isNull(name) {
                selection[name] = "null"
            }
        }
        return selection
    }

    fileprivate func describe(in metadata: inout Logger.Metadata) {
        if let jobID { metadata["job_id"] = .string(jobID.description.shortened) }
        if let type { metadata["type"] = .string(type.shortened) }
    }
}

extension Command.Result {
    fileprivate func describe(in metadata: inout Logger.Metadata) {
        switch self {
        case .nothing: break
        case .job(let job, _): job.describe(in: &metadata)
        case .started(let started): started.job.describe(in: &metadata)
        case .page(let page, _): metadata["jobs"] = .stringConvertible(page.jobs.count)
        case .items(let items): metadata["jobs"] = .stringConvertible(items.count)
        case .replayed(let outcome): metadata["jobs"] = .stringConvertible(outcome.ids.count)
        case .errors(let errors): metadata["groups"] = .stringConvertible(errors.groups.count)
        case .schedule(let schedule): metadata["schedule"] = .string(schedule.id.shortened)
        case .schedules(let page):
            metadata["schedules"] = .stringConvertible(page.schedules.count)
        case .types(let page): metadata["types"] = .stringConvertible(page.types.count)
        case .type: break
        case .explained(let explanation):
            explanation.job.describe(in: &metadata)
            metadata["code"] = .string(explanation.code.rawValue)
        case .operation(let operation):
            if let id = operation.id { metadata["operation_id"] = .string(id) }
        case .operations(let operations):
            metadata["operations"] = .stringConvertible(operations.count)
        case .audit(let entries): metadata["entries"] = .stringConvertible(entries.count)
        }
    }
}

extension Job {
    fileprivate func describe(in metadata: inout Logger.Metadata) {
        metadata["job_id"] = .string(id.description.shortened)
        metadata["type"] = .string(type.shortened)
    }
}

extension HTTPFailure {
    /// Whether callers cause the failure, by a mistake or by overload.
    fileprivate var isExpected: Bool {
        (400..<500).contains(status.code)
            || ["OVERLOADED", "TIMED_OUT", "SERVER_UNAVAILABLE"].contains(code)
    }
}

extension String {
    /// The text for the log, shortened since callers choose ids, types and names and must not be
    /// able to fill the disk.
    var shortened: String {
        // Counts scalars, since a character may have any length.
        utf8.count <= 200 ? self : String(unicodeScalars.prefix(200))
    }
}

extension Duration {
    /// The milliseconds with three decimals.
    fileprivate var milliseconds: Double {
        let (seconds, attoseconds) = components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}
