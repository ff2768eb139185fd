/// How many operations may be in work at a time so that each of them is done soon enough.
///
/// By Little's law what is in work is the rate at which it is done times the time that each takes.
/// The rate that can be reached shows itself while there is plenty to do; the time is what clients are
/// made to wait. Beyond that product more work in progress makes nothing faster, it
/// only makes every client wait longer.
///
/// The rule is one of plain values: its user says what time it is.
struct LoadEstimate {
    /// So many may be in work however slow it goes: where commands are merged, few at a time would
    /// be slow themselves.
    static let leastLimit = 256
    /// In windows with less in work on the average nothing is learned about what can be reached.
    private static let plenty = Double(leastLimit) / 2
    /// As long as it takes to see some tens of batches.
    private static let window = Duration.milliseconds(100)
    private static let rememberedWindows = 10
    /// So many may be refused at once in a window, however little is done.
    static let promptRefusals = 8
    /// For how long others are kept from being told, in milliseconds.
    static let longRefusals = 500...1500
    /// How many times as long as by itself an operation may take among others, however slow it is.
    private static let patience = 4.0

    /// How many may be in work at a time.
    private(set) var limit = Int.max
    private let latency: Duration
    /// Of the last windows in which there was plenty to do, in operations a second.
    private var rates: [Double] = []
    /// What an operation takes that is alone, in seconds; 0: not known.
    private var aloneLatency = 0.0
    private var windowBegan: ContinuousClock.Instant
    private var doneInWindow = 0
    private var timeInWindow = 0.0
    private var doneInLastWindow = 0
    private var refusedInWindow = 0

    /// - Parameter latency: what operations may take on the average among many others, if they take
    ///   much less by themselves.
    init(latency: Duration, at now: ContinuousClock.Instant) {
        self.latency = latency
        windowBegan = now
    }

    /// An operation is done.
    /// - Parameter wasAlone: whether next to nothing else was in work when it began.
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

    /// An operation is refused.
    /// - Returns: for how long to keep that from its client: not at all while refusing is little work
    ///   next to what is done, else about as long as the answer tells it to stay away.
    mutating func refused() -> Duration {
        refusedInWindow += 1
        guard refusedInWindow > Self.promptRefusals + doneInLastWindow / 8 else { return .zero }
        // Not all of them for as long: clients that are told together come back together.
        return .milliseconds(Int.random(in: Self.longRefusals))
    }

    private mutating func learnAlone(_ seconds: Double) {
        // One slow operation is no rule; a store that has become slow shows it within some dozens.
        aloneLatency += (seconds - aloneLatency) * (aloneLatency == 0 ? 1 : 0.05)
    }

    private mutating func learnRate(in seconds: Double) {
        let inWork = timeInWindow / seconds
        guard inWork >= Self.plenty else { return }
        rates.append(Double(doneInWindow) / seconds)
        if rates.count > Self.rememberedWindows { rates.removeFirst() }
        // Windows count alike, however long they are: a pause of the store, which is one of them, is
        // no reason to refuse anything right after it. Nor is a window the measure into which the
        // ends of more batches fall than into others.
        let rate = rates.reduce(0, +) / Double(rates.count)
        let product = rate * max(latency / .seconds(1), Self.patience * aloneLatency)
        limit = max(Self.leastLimit, Int(min(product, 1e9)))
    }
}
