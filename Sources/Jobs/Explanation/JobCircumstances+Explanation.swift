import JSON

extension JobCircumstances {
    /// Says in a sentence or two why the job is not running, or which worker holds it.
    package var explanation: JobExplanation {
        let said = said
        var json = JSONWriter(capacity: 128)
        json.beginObject()
        for (name, value) in said.details { json.member(name, value) }
        json.endObject()
        var job = job
        job.attempts = []
        return JobExplanation(
            job: job, stateName: state.rawValue, code: code, message: said.message,
            since: said.since, until: said.until, details: json.text)
    }

    private var said: Said {
        switch code {
        case .completed: completed
        case .failed: failed
        case .cancelled:
            Said(
                "The job was cancelled \(ago(cancelled)). A replay makes it claimable again.",
                since: cancelled)
        case .expired:
            Said(
                """
                The time in which the job could be started ended \(ago(job.executeUntil)). A replay \
                with a new ttl makes it claimable again.
                """, since: job.executeUntil, ["retries": .integer(Int64(job.retries))])
        case .exhausted: exhausted
        case .delayed: delayed
        case .running: running(of: job.worker)
        case .paused: paused
        case .typeLimit:
            limited(
                "Type \(type)", running, of: settings.maxRunning ?? 0, ["running", "max_running"])
        case .groupLimit:
            limited(
                "Group \(group.quoted) of type \(type)", runningInGroup,
                of: settings.maxRunningPerGroup ?? 0, ["running", "max_running_per_group"]
            ).with("group", group.map { .text($0) })
        case .rateLimit: rateLimited
        case .lapsed:
            Said(
                """
                The lease of \(workerName) lapsed \(ago(job.lockedUntil)) without a result, so the job \
                is ready again: \(position).
                """, since: job.lockedUntil, ["retries": .integer(Int64(job.retries))]
            ).with("worker", job.worker.map { .text($0) }).with(positionDetails)
        case .noWorkers: withoutWorkers
        default:
            Said("The job is ready: \(position).\(askers)", since: job.availableAt())
                .with(positionDetails)
        }
    }

    // MARK: Ended jobs

    private var cancelled: Timestamp? { job.cancellation(at: now) }

    private var completed: Said {
        let starts = job.retries > 1 ? " at start \(job.retries)" : ""
        return Said(
            "The job was completed \(ago(job.completed))\(starts).", since: job.completed,
            ["retries": .integer(Int64(job.retries))])
    }

    private var failed: Said {
        let last = job.attempts.last
        let reason: String =
            switch last?.reason {
            case .noRetry?: ", as its worker asked for no further attempt"
            case .limit?: ", which is its limit"
            case .deadline?: ", as its next attempt would have been too late"
            default: ""
            }
        return Said(
            """
            The job failed for good \(ago(job.failed)) after \(startCount)\(reason).\(lastError) A replay \
            makes it claimable again.
            """, since: job.failed, ["retries": .integer(Int64(job.retries))]
        ).with("reason", last?.reason.map { .text($0.rawValue) }).with("error", job.error?.wire)
    }

    private var exhausted: Said {
        let limit = job.maxRetries ?? maxRetries
        let whose = job.maxRetries == nil ? "the limit of this service" : "its limit"
        return Said(
            """
            The job was started \(job.retries.times), and \(whose) is \(limit).\(lastError) A replay \
            makes it claimable again.
            """, since: job.lockedUntil ?? job.attempts.last?.ended,
            ["retries": .integer(Int64(job.retries)), "max_retries": .integer(Int64(limit))]
        ).with("error", job.error?.wire)
    }

    // MARK: Open jobs

    private var delayed: Said {
        let wait = job.delayedUntil.map { $0.milliseconds(since: now).inWords } ?? "a time"
        guard let last = job.attempts.last, last.outcome == .failed, last.number == job.retries
        else {
            return Said(
                "The job is delayed: claims get it in \(wait).", until: job.delayedUntil,
                ["retries": .integer(Int64(job.retries))])
        }
        return Said(
            "Attempt \(last.number) failed, and claims get the job in \(wait).\(lastError)",
            since: last.ended, until: job.delayedUntil,
            ["retries": .integer(Int64(job.retries))]
        ).with("error", job.error?.wire)
    }

    private func running(of worker: String?) -> Said {
        let name = worker.map { "Worker \($0.quoted)" } ?? "A worker"
        let age = job.started.map { " for \(now.milliseconds(since: $0).inWords)" } ?? ""
        let rest = job.lockedUntil.map { $0.milliseconds(since: now).inWords } ?? "a time"
        let cancelling =
            job.cancelRequested.map {
                " Its cancellation was requested \(ago($0)) and takes effect when the lease ends."
            } ?? ""
        return Said(
            """
            \(name) has held the job\(age); its lease ends in \(rest), unless it is extended.\
            \(cancelling)
            """, since: job.started, until: job.lockedUntil,
            ["retries": .integer(Int64(job.retries))]
        ).with("worker", worker.map { .text($0) })
            .with("cancel_requested", job.cancelRequested.map { .date($0) })
    }

    private var paused: Said {
        guard let (pause, isOfAllTypes) = pause else { return Said("The job is paused.") }
        let what = isOfAllTypes ? "All types of jobs have" : "Type \(type) has"
        let reason = pause.reason.map { ": \($0.cut)" } ?? ""
        let end = pause.until.map { " It ends in \($0.milliseconds(since: now).inWords)." } ?? ""
        return Said(
            "\(what) been paused for \(now.milliseconds(since: pause.since).inWords)\(reason)."
                + end,
            since: pause.since, until: pause.until, ["all_types": .boolean(isOfAllTypes)]
        ).with("reason", pause.reason.map { .text($0) })
    }

    private func limited(_ what: String, _ count: Int, of limit: Int, _ names: [String]) -> Said {
        Said("\(what) has reached its limit: \(count) of at most \(limit) jobs are running.")
            .with(names[0], .integer(Int64(count))).with(names[1], .integer(Int64(limit)))
    }

    private var rateLimited: Said {
        let rate = settings.maxStarts ?? StartRate(count: 0, period: 0)
        let next =
            starts.roomAt.map {
                " The next start is possible in \($0.milliseconds(since: now).inWords)."
            } ?? ""
        return Said(
            """
            Type \(type) has reached its limit of \(rate.count) starts in \(rate.period.inWords).\(next)
            """, until: starts.roomAt,
            [
                "starts": .integer(Int64(starts.count)), "count": .integer(Int64(rate.count)),
                "period": .integer(rate.period),
            ])
    }

    private var withoutWorkers: Said {
        let time: String
        if let last = claims.last {
            time = "for \(now.milliseconds(since: last).inWords)"
        } else if let since = claims.notedSince {
            let age = now.milliseconds(since: since)
            time =
                age < 3_600_000
                ? "since the service started \(age.inWords) ago" : "for more than an hour"
        } else {
            time = "so far"
        }
        return Said(
            "No worker has asked for jobs of type \(type) \(time).", since: claims.last
        ).with("last_claim", claims.last.map { .date($0) }).with(positionDetails)
    }

    // MARK: Parts of sentences

    private var type: String { job.type.quoted }

    private var workerName: String { job.worker.map { "worker \($0.quoted)" } ?? "its worker" }

    private var startCount: String { job.retries == 1 ? "1 start" : "\(job.retries) starts" }

    /// The last error as a sentence; empty if there is none.
    private var lastError: String {
        let text = [job.error?.type, job.error?.message].compactMap(\.self)
            .filter { !$0.isEmpty }.joined(separator: ": ")
        return text.isEmpty ? "" : " The last error is \(text.quoted)."
    }

    private var position: String {
        switch ahead {
        case 0: "the next claim of type \(type) gets it"
        case 1: "1 job of type \(type) is in front of it"
        case Self.aheadLimit...:
            "more than \(Self.aheadLimit - 1) jobs of type \(type) are in front of it"
        default: "\(ahead) jobs of type \(type) are in front of it"
        }
    }

    private var positionDetails: [(name: String, value: WireValue)] {
        let isMore = ahead >= Self.aheadLimit
        return [("ahead", .integer(Int64(min(ahead, Self.aheadLimit - 1))))]
            + (isMore ? [("is_more", .boolean(true))] : [])
            + [("waiting_claims", .integer(Int64(claims.waiting)))]
    }

    /// Whether and when workers ask, as a sentence.
    private var askers: String {
        switch claims.waiting {
        case 0: claims.last.map { " The last claim came \(ago($0))." } ?? ""
        case 1: " 1 claim waits."
        default: " \(claims.waiting) claims wait."
        }
    }

    private func ago(_ time: Timestamp?) -> String {
        time.map { "\(now.milliseconds(since: $0).inWords) ago" } ?? "at an unknown time"
    }
}

/// The parts of an explanation that depend on its reason.
private struct Said {
    let message: String
    let since: Timestamp?
    let until: Timestamp?
    var details: [(name: String, value: WireValue)]

    init(
        _ message: String, since: Timestamp? = nil, until: Timestamp? = nil,
        _ details: KeyValuePairs<String, WireValue> = [:]
    ) {
        self.message = message
        self.since = since
        self.until = until
        self.details = details.map { ($0.key, $0.value) }
    }

    func with(_ name: String, _ value: WireValue?) -> Said {
        with(value.map { [(name, $0)] } ?? [])
    }

    func with(_ more: [(name: String, value: WireValue)]) -> Said {
        var said = self
        said.details += more
        return said
    }
}
