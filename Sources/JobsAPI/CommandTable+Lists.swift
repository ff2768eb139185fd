import JSON
import Jobs
import JobsEngine

/// The operations on all jobs, or on those that match a filter.
extension Command {
    static let listCommands: [Command] = [listJobs, replayJobs, deleteAll, clean]

    static let listJobs = Command(
        name: "get_jobs", summary: "Lists the jobs that match a filter, in pages.",
        scope: .read,
        arguments: [
            .optional("filter", .filter(isStrict: false)), .optional("paging", .object(paging)),
            details, fields,
        ],
        answers: [.page], reach: .filter, graceWithoutClient: .seconds(1)
    ) { arguments in
        { caller in
            var paging = arguments.object("paging").paging
            paging.maxBytes = PageRest.sliceSize
            let filter = caller.filter(of: arguments)
            let selection = arguments.selection
            paging.needless = selection?.needless ?? []
            let page = try await caller.jobs.list(filter, paging)
            return .page(
                page,
                Listing(
                    filter: filter, isDescending: paging.isDescending,
                    state: try await states(arguments, caller.jobs), selection: selection))
        }
    }

    static let replayJobs = Command(
        name: "replay_jobs",
        summary: "Makes failed, cancelled, exhausted and expired jobs claimable again.",
        scope: .operate, arguments: replay, needsOneOf: ["job_ids", "filter"],
        answers: [.replayed], reach: .filter, graceWithoutClient: .zero
    ) { arguments in
        { caller in
            var request = ReplayRequest(
                ids: arguments.jobIDs,
                // Also without a filter, for callers that are limited to types.
                filter: caller.filter(of: arguments),
                replay: Replay(delay: arguments.delay, ttl: arguments["ttl"]?.integer),
                isDryRun: arguments["dry_run"]?.boolean ?? false)
            if let maxJobs = arguments["max_jobs"]?.integer { request.maxJobs = Int(maxJobs) }
            return .replayed(try await caller.jobs.replay(request))
        }
    }

    static let deleteAll = Command(
        name: "delete_jobs", summary: "Deletes all jobs.", scope: .admin, arguments: [],
        answers: [.nothing], reach: .all, graceWithoutClient: .zero
    ) { _ in
        { caller in
            _ = try await caller.jobs.deleteAll()
            return .nothing
        }
    }

    static let clean = Command(
        name: "clean_jobs",
        summary: "Deletes ended and expired jobs after their retention, and exhausted jobs.",
        scope: .admin, arguments: [], answers: [.nothing], reach: .all,
        graceWithoutClient: .zero
    ) { _ in
        { caller in
            _ = try await caller.jobs.clean()
            return .nothing
        }
    }

    /// The states of jobs that were just read, if the caller requested them.
    static func states(_ arguments: Arguments, _ jobs: JobsController) async throws
        -> @Sendable (Job) -> JobState?
    {
        guard arguments.selection?.hasState ?? (arguments["details"]?.boolean == true) else {
            return { _ in nil }
        }
        let (now, maxRetries) = (try await jobs.now(), jobs.options.maxRetries)
        return { $0.state(at: now, maxRetries: maxRetries) }
    }
}

extension CallContext {
    /// The filter in the arguments, restricted to the types that the caller may use.
    fileprivate func filter(of arguments: Arguments) -> JobFilter {
        var filter = JobFilter(arguments.object("filter"))
        if filter.type == nil { filter.types = types }
        return filter
    }
}

extension Arguments {
    /// The ids in `job_ids`; `nil` if there is none. No job has an id that is too long.
    fileprivate var jobIDs: [JobID]? {
        self["job_ids"]?.elements.compactMap(\.string).map { JobID($0) }.filter(\.canExist)
    }
}
