public import CoreMetrics
import Jobs

/// The counters and timers of the jobs of one type.
///
/// An instance is made once for each type, so counting needs no look-up of names and makes no
/// strings.
public final class TypeMetrics: Sendable {
    /// The label of the type, at most 128 Unicode scalars of its name.
    public let label: String
    /// The number of added jobs.
    public let added: Counter
    /// The number of jobs that were handed out, by type or by id.
    public let claims: Counter
    /// The number of claims by type that ended without a job, also after a wait.
    public let emptyClaims: Counter
    /// The number of claims that found jobs, but no room for one under the limits of the type.
    public let limitedClaims: Counter
    /// The number of extended leases.
    public let extensions: Counter
    /// The number of jobs whose lease was ended without completing them.
    public let aborts: Counter
    /// The number of completed jobs. A repeated completion does not count.
    public let completions: Counter
    /// The number of jobs that were found to have expired.
    public let expirations: Counter
    /// The number of jobs whose attempts were found to have reached the limit of a claim.
    public let exhaustions: Counter
    /// The number of jobs that were handed out again after their lease had lapsed.
    public let lapses: Counter
    /// The number of failed attempts, by the type of their error.
    public let failedAttempts: FailedAttempts
    /// The number of jobs that have failed for good.
    public let deadLetters: Counter
    /// The number of cancelled jobs.
    public let cancellations: Counter
    /// The number of jobs that were made claimable again by a replay.
    public let replays: Counter
    /// The number of firings of schedules that have added a job.
    public let firings: Counter
    /// The number of times that schedules have skipped firings.
    public let passedOver: Counter
    private let addToClaim: Timer
    private let claimToComplete: Timer
    private let attemptsPerCompletion: Recorder

    init(_ type: String, _ factory: any MetricsFactory) {
        label = type.metricLabel
        let dimensions = [("type", label)]
        let counter = { (name: String) in
            Counter(label: "jobs_\(name)_total", dimensions: dimensions, factory: factory)
        }
        added = counter("added")
        claims = counter("claims")
        emptyClaims = counter("empty_claims")
        limitedClaims = counter("limited_claims")
        extensions = counter("extensions")
        aborts = counter("aborts")
        completions = counter("completions")
        expirations = counter("expirations")
        exhaustions = counter("exhaustions")
        lapses = counter("leases_lapsed")
        failedAttempts = FailedAttempts(type: label, factory)
        deadLetters = counter("dead_letters")
        cancellations = counter("cancelled")
        replays = counter("replayed")
        firings = counter("schedule_firings")
        passedOver = counter("schedule_passed_over")
        addToClaim = Timer(
            label: "jobs_add_to_claim_seconds", dimensions: dimensions, factory: factory)
        claimToComplete = Timer(
            label: "jobs_claim_to_complete_seconds", dimensions: dimensions, factory: factory)
        attemptsPerCompletion = Recorder(
            label: "jobs_attempts_per_completion", dimensions: dimensions, factory: factory)
    }

    /// Counts a job that was just handed out.
    ///
    /// At the first attempt it also records how long the job has waited since it was added or its
    /// delay ended.
    func claimed(_ job: Job) {
        claims.increment()
        guard job.retries == 1, let started = job.started else { return }
        addToClaim.record(started.milliseconds(since: job.delayedUntil ?? job.created))
    }

    /// Counts a job that was just completed.
    ///
    /// - Parameter started: When the last lease began; `nil` if there was none or it is not known.
    func completed(_ job: Job, started: Timestamp?) {
        completions.increment()
        attemptsPerCompletion.record(job.retries)
        guard let started, let completed = job.completed else { return }
        claimToComplete.record(completed.milliseconds(since: started))
    }
}

extension TypeMetrics {
    /// Counts an attempt that has just failed.
    func failed(_ job: Job) {
        failedAttempts.count(job.attempts.last?.error?.type)
        if job.failed != nil { deadLetters.increment() }
    }
}

extension String {
    /// The text as a label of metrics: at most 128 Unicode scalars. Types may be longer.
    var metricLabel: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(128)))
    }
}

extension Timer {
    /// Records a duration, clamped to the maximum of a timer: 292 years. The dates of a job can be
    /// further apart.
    fileprivate func record(_ milliseconds: Int64) {
        recordNanoseconds(max(milliseconds, 0).multipliedClamped(by: 1_000_000))
    }
}
