import HTTPEdge
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import JobsEngine
import Logging

/// The handler of a command: it reads the arguments, makes one call, writes the answer, and logs
/// the call.
struct CommandHandler: Sendable {
    let command: Command
    let controller: JobsController
    /// Whether many jobs may be deleted at once.
    let allowsDeletingAll: Bool
    private let metrics: CommandMetrics
    private let log: CommandLog
    /// The audit log, for operations that are audited.
    private let audit: Audit?

    /// - Parameter service: the base route of the operations.
    init(
        command: Command, service: String, controller: JobsController, allowsDeletingAll: Bool,
        logger: Logger
    ) {
        self.command = command
        self.controller = controller
        self.allowsDeletingAll = allowsDeletingAll
        metrics = CommandMetrics(service: service, command: command.name)
        log = CommandLog(
            logger: logger, command: command.name, name: "\(service).\(command.name)")
        audit =
            [.admin, .operate].contains(command.scope)
            ? Audit(command: command.name, logger: logger) : nil
    }

    func handle(_ call: Call) async throws -> Answer {
        log.begins(call)
        if !command.isAboutOneJob { ClientConnection.current?.load?.markAsBulk() }
        let start = ContinuousClock.now
        var subject: CallSubject?
        do {
            return try await metrics.measure(since: start) {
                if command.name == "delete_jobs", !allowsDeletingAll {
                    throw CommandFailure.operationForbidden
                }
                let caller = CallContext(
                    jobs: controller, types: call.principal?.types, name: call.knownName,
                    deletionRefusal: deletionRefusal(call), claimant: call.claimant,
                    traceparent: command.scope == .produce ? call.traceparent : nil,
                    duringWait: Self.wait)
                let request = try await prepare(call, for: caller)
                subject = request.subject
                let result =
                    if let grace = command.graceWithoutClient {
                        try await ClientConnection.whileThere(grace: grace) {
                            try await request.work(caller)
                        }
                    } else {
                        try await request.work(caller)
                    }
                if command.mayWait { try await confirm(call, result.started) }
                await audit?.keep(
                    call, request.subject, result,
                    outcome: .init(result, of: request.subject), in: controller)
                controller.release(
                    result.started, ifUndeliveredTo: ClientConnection.current, log.logger)
                var answer = Answer(result, from: controller)
                answer.headers.append(contentsOf: request.headers)
                log.ends(call, request.subject, result, answer, since: start)
                return answer
            }
        } catch {
            // Log only the part of a failure that the client sees.
            let error: any Error = error is CommandFailure ? HTTPFailure(error) : error
            // A call whose connection was lost is not recorded.
            if !(error is ConnectionLost) {
                await audit?.keep(call, subject, outcome: .init(error), in: controller)
            }
            log.fails(call, subject, error, since: start)
            throw error
        }
    }

    /// Why the caller of a bulk operation may not delete jobs.
    private func deletionRefusal(_ call: Call) -> CommandFailure? {
        guard allowsDeletingAll else { return .operationForbidden }
        return call.principal?.has(.admin) ?? true ? nil : .deletionForbidden
    }

    /// The parts of a request that are kept after its arguments have been read.
    private struct Prepared {
        let subject: CallSubject
        let headers: HTTPFields
        let work: Command.Work
    }

    /// Reads a request. The arguments are released here, and with them the body and its outline
    /// unless the work needs them, so that a claim can wait for a minute without holding a
    /// megabyte.
    private func prepare(_ call: Call, for caller: CallContext) async throws -> Prepared {
        let isStrict = call.request.headers.asksForStrictHandling
        let arguments: Arguments
        do {
            arguments = try Arguments(try await call.jsonBody(), for: command, isStrict: isStrict)
        } catch let failure as CommandFailure {
            throw HTTPFailure(failure, of: call)
        }
        let prepared = Prepared(
            subject: CallSubject(arguments, isAudited: audit != nil),
            headers: arguments.ignored.headers(for: call.request.headers),
            work: try command.work(on: arguments, for: caller))
        if command.mayWait { call.memory.giveBack() }
        return prepared
    }

    /// Waits for jobs while the client is connected. The wait does not count as load.
    private static func wait(_ wait: @escaping ClaimWait.Wait) async throws -> [StartedJob] {
        ClientConnection.current?.load?.suspend()
        return try await ClientConnection.whileThere(wait)
    }

    /// Checks that the caller may still have the jobs that it waited for.
    private func confirm(_ call: Call, _ started: [StartedJob]) async throws {
        do {
            try call.admission?.confirm(command.scope, started.lazy.map(\.job.type))
        } catch {
            if !started.isEmpty { try await controller.release(started) }
            throw error
        }
    }

    /// Logs a call that the access control refused.
    func refuse(_ call: Call, _ error: any Error) {
        if let audit {
            audit.record(call, nil, outcome: .init(error))
        } else {
            log.refuses(call, error)
        }
    }
}

extension JobsController {
    /// Releases jobs whose caller has disconnected before it received them.
    fileprivate func release(
        _ started: [StartedJob], ifUndeliveredTo caller: ClientConnection?, _ logger: Logger
    ) {
        guard let caller, !started.isEmpty else { return }
        caller.ifUndelivered {
            Task {
                do {
                    try await self.releaseUnlessRepeated(started)
                } catch {
                    // The jobs become ready again when their leases lapse.
                    logger.debug("Failed to release jobs of a disconnected caller", error: error)
                }
            }
        }
    }
}
