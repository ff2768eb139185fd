import JSON
import Jobs
import JobsEngine

/// The operations that start the next jobs of a type, or of one of several types.
extension Command {
    static let claimCommands: [Command] = [startByType, startManyByType]

    static let startByType = Command(
        name: "start_job_by_type", summary: "Starts the next job of a type.",
        scope: .work, arguments: [type] + claimed, answers: [.started, .nothing],
        reach: .type("type"), mayWait: true, isAboutOneJob: true
    ) { arguments in
        let claim = claim(arguments, of: [arguments.string("type")], limit: 1)
        return { caller in try await claim(caller).first.map(Result.started) ?? .nothing }
    }

    static let startManyByType = Command(
        name: "start_jobs_by_type",
        summary: "Starts the next jobs of a type, or of the first of several types that has some.",
        scope: .work,
        arguments: [oneType, types] + claimed
            + [.required("max_jobs", .integer(1...Int64(maximumItems)))],
        needsOneOf: ["type", "types"], excludesOthers: true,
        answers: [.items([.started])], reach: .oneOfTypes("type", "types"), mayWait: true,
        isBatch: true
    ) { arguments in
        let types = arguments["type"]?.string.map { [$0] } ?? arguments.strings("types")
        let claim = claim(arguments, of: types, limit: Int(arguments.integer("max_jobs")))
        return { caller in .items(try await claim(caller).map { .success(.started($0)) }) }
    }

    /// Claims jobs by type. The work keeps only these few values of the request, since it may last
    /// a minute.
    private static func claim(_ arguments: Arguments, of types: [String], limit: Int)
        -> @Sendable (CallContext) async throws -> [StartedJob]
    {
        var claim = Claim(
            type: types.first ?? "", timeout: arguments.timeout,
            maxRetries: arguments["max_retries"]?.integer.map { Int($0) }, limit: limit,
            worker: arguments.worker, requestID: arguments["request_id"]?.string)
        claim.alternatives = Array(types.dropFirst())
        let milliseconds = arguments["wait_timeout"]?.integer ?? 0
        return { [claim] caller in
            let wait = ClaimWait(
                milliseconds: milliseconds, caller: caller.claimant, during: caller.duringWait)
            return try await caller.jobs.claim(claim, wait)
        }
    }
}
