import HTTPEdge
import HTTPTypes
import Jobs
import JobsEngine
import Logging
import Synchronization

/// Makes summaries while there are listeners, one for all of them: a hundred listeners cost the
/// store as much as one.
///
/// A summary is made every ``Options/interval``, and less often if it takes long to count the jobs,
/// if it is large, and while the service is overloaded.
final class SummaryFeed: Sendable {
    struct Options: Sendable {
        var interval = Duration.seconds(3)
        var longestInterval = Duration.seconds(60)
        /// The interval of probes of the store while it counts.
        var patience = Duration.seconds(5)
        /// How long a probe may take before the store counts as unavailable.
        var answerTime = Duration.seconds(2)
        /// The longest time without a byte to a listener.
        var silence = Duration.seconds(15)
        /// The maximum average rate for a listener, in bytes a second.
        var bytesPerSecond = 50_000
        /// The maximum number of listeners.
        var maximumListeners = 1000
    }

    private struct Waiting {
        let view: Summary.View
        let load: ConnectionLoad?
        let continuation: CheckedContinuation<Summary?, Never>
    }

    private struct State {
        var listeners = 0
        var last: Summary?
        var isRunning = false
        var waiting: [Int: Waiting] = [:]
        /// The last key of a waiting listener.
        var lastID = 0
        /// The last numbers that were read.
        var knowledge: TypeKnowledge?
    }

    /// The interval is at least this many times as long as reading the numbers takes.
    private static let restFactor = 20
    /// How much slower summaries are made while the service is overloaded.
    private static let overloadFactor = 4

    let options: Options
    private let source: Summary.Source
    private let read: @Sendable () async throws -> TypeKnowledge
    private let probe: @Sendable () async throws -> Void
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - probe: A cheap call of the store, which shows whether it answers.
    ///   - read: Reads the current numbers.
    init(
        options: Options = Options(), source: Summary.Source, logger: Logger,
        probe: @escaping @Sendable () async throws -> Void,
        _ read: @escaping @Sendable () async throws -> TypeKnowledge
    ) {
        self.options = options
        self.source = source
        self.logger = logger
        self.probe = probe
        self.read = read
    }

    /// A place among the listeners, which is free again when the object is released.
    final class Place: Sendable {
        let feed: SummaryFeed

        fileprivate init(_ feed: SummaryFeed) { self.feed = feed }

        deinit { feed.state.withLock { $0.listeners -= 1 } }
    }

    /// The number of listeners.
    var listeners: Int { state.withLock { $0.listeners } }

    /// The number of summaries that were made.
    var made: Int { state.withLock { $0.last?.number ?? 0 } }

    /// Takes a place among the listeners.
    ///
    /// - Throws: ``HTTPFailure``, a 503, if there are too many.
    func enter() throws -> Place {
        try state.withLock { state in
            guard state.listeners < options.maximumListeners else {
                throw HTTPFailure.tooManyListeners
            }
            state.listeners += 1
        }
        return Place(self)
    }

    /// Waits for a summary that is newer than another one.
    ///
    /// - Parameters:
    ///   - number: The number of the last summary that the listener has; `nil` if it has none.
    ///   - view: The part that the listener sees, so that it is encoded beforehand.
    ///   - load: Tells whether the service is overloaded.
    /// - Returns: `nil` if the task was cancelled.
    func next(after number: Int?, _ view: Summary.View, _ load: ConnectionLoad?) async -> Summary? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (known, begins) = state.withLock { state -> (Summary?, Bool) in
                    if let last = state.last, last.number > number ?? 0, .now < last.due {
                        return (last, false)
                    }
                    state.waiting[id] = Waiting(view: view, load: load, continuation: continuation)
                    defer { state.isRunning = true }
                    return (nil, !state.isRunning)
                }
                if let known { return continuation.resume(returning: known) }
                if begins { begin() }
                // A cancellation before the wait began has found nothing to end.
                if Task.isCancelled { endWait(id) }
            }
        } onCancel: {
            endWait(id)
        }
    }

    private func endWait(_ id: Int) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: id) }
        waiting?.continuation.resume(returning: nil)
    }

    /// Makes summaries until no listener waits for the next one.
    ///
    /// Unstructured on purpose: it serves every listener, so the end of one must not cancel it.
    private func begin() {
        Task.detached { [self] in
            while true {
                if let due = state.withLock({ $0.last?.due }) {
                    try? await Task.sleep(until: due, clock: .continuous)
                }
                let isAwaited = state.withLock { state in
                    state.isRunning = !state.waiting.isEmpty
                    return state.isRunning
                }
                guard isAwaited else { return }
                await make()
            }
        }
    }

    /// Reads the numbers and makes a summary of them. If the store stops answering meanwhile, it
    /// also makes one with the last numbers.
    private func make() async {
        let start = ContinuousClock.now
        let late = Task { [self] in
            repeat { try await Task.sleep(for: options.patience) } while try await answers()
            publish(.failure(HTTPFailure.storeUnanswered), took: .zero)
        }
        let result: Result<TypeKnowledge, any Error>
        do {
            result = .success(try await read())
        } catch {
            logger.debug("Failed to sum up the types of jobs", error: error)
            result = .failure(error)
        }
        late.cancel()
        // `late` may be publishing. An outage of the store says nothing about the time of a count.
        let wasAway = (try? await late.value) != nil
        publish(result, took: wasAway ? .zero : start.duration(to: .now))
    }

    /// Whether the store answers in time. A call of it cannot be cancelled, so the wait can end
    /// before the call.
    private func answers() async throws -> Bool {
        let (answers, answer) = AsyncStream<Bool>.makeStream()
        Task { [probe] in
            do {
                try await probe()
                answer.yield(true)
            } catch {
                // An overloaded store is available.
                answer.yield(HTTPFailure(error).code == HTTPFailure.overloaded.code)
            }
        }
        let timeout = Task { [options] in
            try await Task.sleep(for: options.answerTime)
            answer.yield(false)
        }
        defer { timeout.cancel() }
        let isThere = await answers.first { _ in true }
        try Task.checkCancellation()
        return isThere ?? false
    }

    /// Hands a summary to all waiting listeners. There is one call at a time.
    private func publish(_ result: Result<TypeKnowledge, any Error>, took: Duration) {
        let (summary, views) = state.withLock { state in
            var failure: HTTPFailure?
            switch result {
            case .success(let knowledge): state.knowledge = knowledge
            case .failure(let error): failure = HTTPFailure(error)
            }
            let isOverloaded =
                failure?.code == HTTPFailure.overloaded.code
                || state.waiting.values.contains { $0.load?.isOverloaded ?? false }
            let summary = Summary(
                number: (state.last?.number ?? 0) + 1, source: source, knowledge: state.knowledge,
                failure: failure, isOverloaded: isOverloaded,
                pace: pace(
                    took: failure == nil ? took : .zero, isOverloaded: isOverloaded,
                    size: state.last?.size ?? 0))
            return (summary, Set(state.waiting.values.map(\.view)))
        }
        for view in views { _ = summary.bytes(for: view) }
        let waiting = state.withLock { state in
            state.last = summary
            defer { state.waiting = [:] }
            return state.waiting
        }
        for each in waiting.values { each.continuation.resume(returning: summary) }
    }

    /// The time until the next summary is due.
    ///
    /// - Parameter size: The size of the last one, in bytes.
    private func pace(took: Duration, isOverloaded: Bool, size: Int) -> Duration {
        let pace = max(
            options.interval, took * Self.restFactor, .seconds(size) / options.bytesPerSecond)
        return min(isOverloaded ? pace * Self.overloadFactor : pace, options.longestInterval)
    }
}

extension HTTPFailure {
    fileprivate static let tooManyListeners = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "OVERLOADED",
        message: "Too many clients listen to events, try again later",
        headers: [.retryAfter: "30"])

    fileprivate static let storeUnanswered = HTTPFailure(
        status: .serviceUnavailable, category: "NoResponse", code: "TIMED_OUT",
        message: "The store of the jobs does not answer", isOutcome: true)
}
