public import CoreMetrics
import Jobs

/// What is counted of the jobs of a type.
///
/// Made once for each type, so that counting looks for no names and makes no texts.
public final class TypeMetrics: Sendable {
    /// How the type is called in labels.
    public let label: String
    public let added: Counter
    /// Jobs that were handed out, by type or by id.
    public let claims: Counter
    /// Claims by type that were answered without a job, those that waited for one included.
    public let emptyClaims: Counter
    public let extensions: Counter
    /// Jobs that were given back.
    public let aborts: Counter
    public let completions: Counter
    /// Jobs that turned out to be past their time.
    public let expirations: Counter
    /// Jobs that turned out to have been started as often as a claim allows.
    public let exhaustions: Counter
    /// Jobs that were taken over from somebody whose lease had run out.
    public let lapses: Counter
    private let addToClaim: Timer
    private let claimToComplete: Timer

    /// What a type is called by has no end of its own.
    private static let longestLabel = 128

    init(_ type: String, _ factory: any MetricsFactory) {
        label = String(String.UnicodeScalarView(type.unicodeScalars.prefix(Self.longestLabel)))
        let dimensions = [("type", label)]
        let counter = { (name: String) in
            Counter(label: "jobs_\(name)_total", dimensions: dimensions, factory: factory)
        }
        added = counter("added")
        claims = counter("claims")
        emptyClaims = counter("empty_claims")
        extensions = counter("extensions")
        aborts = counter("aborts")
        completions = counter("completions")
        expirations = counter("expirations")
        exhaustions = counter("exhaustions")
        lapses = counter("leases_lapsed")
        addToClaim = Timer(
            label: "jobs_add_to_claim_seconds", dimensions: dimensions, factory: factory)
        claimToComplete = Timer(
            label: "jobs_claim_to_complete_seconds", dimensions: dimensions, factory: factory)
    }

    /// Counts a job that was just handed out; and how long it had to wait for that, from when it was
    /// added or its delay was over, if it is the first time.
    func claimed(_ job: Job) {
        claims.increment()
        guard job.retries == 1, let started = job.started else { return }
        addToClaim.record(started.milliseconds(since: job.delayedUntil ?? job.created))
    }

    /// Counts a job that was just completed.
    /// - Parameter started: when its last lease began; `nil`: it had none, or that is not known.
    func completed(_ job: Job, started: Timestamp?) {
        completions.increment()
        guard let started, let completed = job.completed else { return }
        claimToComplete.record(completed.milliseconds(since: started))
    }
}

extension Timer {
    /// Records a time, the longest that a timer takes if it is longer: that is 292 years, and jobs may
    /// have dates of any year.
    fileprivate func record(_ milliseconds: Int64) {
        recordNanoseconds(max(milliseconds, 0).multipliedClamped(by: 1_000_000))
    }
}
