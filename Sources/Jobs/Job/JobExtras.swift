public import JSON

/// The fields that only some jobs have. A job without any of them takes no memory for them.
struct JobExtras: Sendable, Equatable {
    var maxRetries: Int?
    var retry: RetryPolicy?
    var group: String?
    var traceparent: String?
    var hidesTraceparent = false
    var worker: String?
    var progress: JSONText?
    var result: JSONText?
    var error: AttemptError?
    var errorKey: String?
    var errored: Timestamp?
    var failed: Timestamp?
    var cancelled: Timestamp?
    var cancelRequested: Timestamp?
    var attempts: [Attempt] = []
    var budgetStart = 0
    var isUnique = false
    var requestID: String?
    var claimRequest: ClaimRequest?
    /// Whether large fields were left out of an answer, see `Job.leaveOutBulk()`.
    var lacksBulk = false

    /// The values of a job that has none of the fields.
    static let none = JobExtras()

    /// A place outside the job, which all its copies share.
    final class Place: Sendable, Equatable {
        let extras: JobExtras

        init(_ extras: JobExtras) {
            self.extras = extras
        }

        static func == (left: Place, right: Place) -> Bool {
            left === right || left.extras == right.extras
        }
    }
}

extension JobExtras.Place: CustomStringConvertible {
    var description: String { "\(extras)" }
}

/// The fields that only some jobs have. The wire shows each of them only where it is set.
extension Job {
    /// The limit of starts of this job; `nil` if claims and the configuration decide.
    ///
    /// A replay sets it, so that the job gets as many further starts as its limit allows.
    public var maxRetries: Int? {
        get { extrasPlace?.extras.maxRetries }
        set { extras.maxRetries = newValue }
    }

    /// The policy of delays after failed attempts; `nil` if the configuration decides.
    public var retry: RetryPolicy? {
        get { extrasPlace?.extras.retry }
        set { extras.retry = newValue }
    }

    /// The group of the job, at most ``maximumGroupLength`` Unicode scalars; `nil` for none.
    public var group: String? {
        get { extrasPlace?.extras.group }
        set { extras.group = newValue }
    }

    /// The W3C trace context of the request that added the job; `nil` if there was none.
    public var traceparent: String? {
        get { extrasPlace?.extras.traceparent }
        set { extras.traceparent = newValue }
    }

    /// Whether ``traceparent`` is shown only to workers and with details, because it comes from a
    /// header of the request and the producer did not ask for it.
    package var hidesTraceparent: Bool {
        get { extrasPlace?.extras.hidesTraceparent ?? false }
        set { extras.hidesTraceparent = newValue }
    }

    /// The name of the worker of the last start; `nil` if it gave none.
    public var worker: String? {
        get { extrasPlace?.extras.worker }
        set { extras.worker = newValue }
    }

    /// The progress that a worker has reported last, which the next attempt can read.
    public var progress: JSONText? {
        get { extrasPlace?.extras.progress }
        set { extras.progress = newValue }
    }

    /// The result of the completed job.
    public var result: JSONText? {
        get { extrasPlace?.extras.result }
        set { extras.result = newValue }
    }

    /// The error of the last failed attempt; `nil` if its worker gave none.
    public var error: AttemptError? {
        get { extrasPlace?.extras.error }
        set { extras.error = newValue }
    }

    /// The group of errors that the job is in: the key of the error of the last failed attempt, see
    /// ``ErrorKey``.
    ///
    /// The job is in it from the failure on until it is completed, cancelled or replayed, also
    /// while it is tried again. `nil` if it is in none. Only details show it.
    public var errorKey: String? {
        get { extrasPlace?.extras.errorKey }
        set { extras.errorKey = newValue }
    }

    /// When the attempt ended that put the job into its group of errors; `nil` if it is in none.
    package var errored: Timestamp? {
        get { extrasPlace?.extras.errored }
        set { extras.errored = newValue }
    }

    /// Takes the job out of its group of errors.
    mutating func leaveErrorGroup() {
        guard errorKey != nil || errored != nil else { return }
        errorKey = nil
        errored = nil
    }

    /// When the job failed for good; `nil` if it has not.
    public var failed: Timestamp? {
        get { extrasPlace?.extras.failed }
        set { extras.failed = newValue }
    }

    /// When the job was cancelled; `nil` if it was not.
    public var cancelled: Timestamp? {
        get { extrasPlace?.extras.cancelled }
        set { extras.cancelled = newValue }
    }

    /// When a cancellation of the running job was requested; `nil` if none was.
    ///
    /// It takes effect when the lease ends in any way but the completion of the job.
    public var cancelRequested: Timestamp? {
        get { extrasPlace?.extras.cancelRequested }
        set { extras.cancelRequested = newValue }
    }

    /// The last attempts that did not end in completion, oldest first, at most
    /// ``Attempt/maximumCount``.
    public var attempts: [Attempt] {
        get { extrasPlace?.extras.attempts ?? [] }
        set { extras.attempts = newValue }
    }

    /// The value of ``retries`` at which the current budget of starts began: 0, or its value at the
    /// last replay.
    package var budgetStart: Int {
        get { extrasPlace?.extras.budgetStart ?? 0 }
        set { extras.budgetStart = newValue }
    }

    /// Whether the job was added as unique, so that a replay takes its key again.
    package var isUnique: Bool {
        get { extrasPlace?.extras.isUnique ?? false }
        set { extras.isUnique = newValue }
    }

    /// The request id of the add; `nil` if it had none.
    package var requestID: String? {
        get { extrasPlace?.extras.requestID }
        set { extras.requestID = newValue }
    }

    /// The request of the claim that has started the job last; `nil` if it had none.
    package var claimRequest: ClaimRequest? {
        get { extrasPlace?.extras.claimRequest }
        set { extras.claimRequest = newValue }
    }

    /// Whether the job has any of these fields.
    package var hasExtras: Bool { extrasPlace != nil }

    /// Takes over all these fields of another job.
    package mutating func takeExtras(of other: Job) {
        extrasPlace = other.extrasPlace
    }

    var extras: JobExtras {
        get { extrasPlace?.extras ?? .none }
        set { extrasPlace = newValue == .none ? nil : JobExtras.Place(newValue) }
    }
}
