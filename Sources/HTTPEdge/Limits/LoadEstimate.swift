/// Estimates how many operations may be in progress at a time so that each is done soon enough.
///
/// By Little's law, the number in progress is the throughput times the latency. The maximum
/// throughput shows while there is plenty to do; the latency is the target set for clients. Beyond
/// that product, more concurrency raises no throughput and only makes every client wait longer.
///
/// A plain value: its user passes in the time.
struct LoadEstimate {
    /// The lower bound of the limit: where commands are merged into batches, low concurrency would
    /// itself be slow.
    static let leastLimit = 256
    /// A window with less average concurrency says nothing about the maximum throughput.
    private static let plenty = Double(leastLimit) / 2
    /// Long enough to see some tens of batches.
    private static let window = Duration.milliseconds(100)
    private static let rememberedWindows = 10
    /// How many may be refused without delay in a window, however low the throughput is.
    static let promptRefusals = 8
    /// The delay of further refusals, in milliseconds.
    static let longRefusals = 500...1500
    /// How many times its latency without load an operation may take under load, however slow it
    /// is.
    private static let patience = 4.0

    /// How many may be in progress at a time.
    private(set) var limit = Int.max
    private let latency: Duration
    /// The throughput of the last windows with plenty to do, in operations a second.
    private var rates: [Double] = []
    /// The latency of an operation without load, in seconds; 0 if unknown.
    private var aloneLatency = 0.0
    private var windowBegan: ContinuousClock.Instant
    private var doneInWindow = 0
    private var timeInWindow = 0.0
    private var doneInLastWindow = 0
    private var refusedInWindow = 0

    /// - Parameter latency: the target average latency under load, for operations that take much
    ///   less without load.
    init(latency: Duration, at now: ContinuousClock.Instant) {
        self.latency = latency
        windowBegan = now
    }

    /// Call when an operation is done.
    /// - Parameter wasAlone: whether almost nothing else was in progress when it began.
    mutating func done(after time: Duration, wasAlone: Bool, at now: ContinuousClock.Instant) {
        let seconds = time / .seconds(1)
        if wasAlone { learnAlone(seconds) }
        doneInWindow += 1
        timeInWindow += seconds
        let elapsed = windowBegan.duration(to: now)
        guard elapsed >= Self.window else { return }
        learnRate(in: elapsed / .seconds(1))
        windowBegan = now
        doneInLastWindow = doneInWindow
        refusedInWindow = 0
        doneInWindow = 0
        timeInWindow = 0
    }

    /// Call when an operation is refused.
    /// - Returns: how long to delay the refusal: zero while refusals are little work compared to
    ///   the throughput, else about as long as the `Retry-After` of the answer.
    mutating func refused() -> Duration {
        refusedInWindow += 1
        guard refusedInWindow > Self.promptRefusals + doneInLastWindow / 8 else { return .zero }
        // Random, because clients that are refused together come back together.
        return .milliseconds(Int.random(in: Self.longRefusals))
    }

    private mutating func learnAlone(_ seconds: Double) {
        // A single slow operation has little weight; a slower store shows within a few dozen
        // operations.
        aloneLatency += (seconds - aloneLatency) * (aloneLatency == 0 ? 1 : 0.05)
    }

    private mutating func learnRate(in seconds: Double) {
        let inWork = timeInWindow / seconds
        guard inWork >= Self.plenty else { return }
        rates.append(Double(doneInWindow) / seconds)
        if rates.count > Self.rememberedWindows { rates.removeFirst() }
        // All windows have the same weight, whatever their length: a pause of the store is one
        // window, and must not cause refusals right after it. Nor does a single window in which
        // more batches happen to end set the limit.
        let rate = rates.reduce(0, +) / Double(rates.count)
        let product = rate * max(latency / .seconds(1), Self.patience * aloneLatency)
        limit = max(Self.leastLimit, Int(min(product, 1e9)))
    }
}
