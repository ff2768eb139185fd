import Jobs
import Logging
import Synchronization

/// A reader that follows the news of a store for a changing set of types.
///
/// The reader follows a new set before it stops following the old one, so that no news of a type in
/// both sets is missed. If the news breaks off, the reader follows it again, and reports that no
/// type was followed in the meantime.
final class NewsReader: Sendable {
    private struct State {
        /// The number of the newest set that is followed. Reports of older sets are ignored.
        var generation = 0
        var isUnsupported = false
    }

    private let news: any JobsNews
    private let logger: Logger
    private let onFollowing: @Sendable (Set<ExactText>) -> Void
    private let onNews: @Sendable ([JobNews]) -> Void
    private let state = Mutex(State())

    /// The minimum time between two changes of the set, since a store takes time to stop following.
    private static let pace = Duration.milliseconds(300)

    /// - Parameter onFollowing: Called with the types whose news is followed from now on.
    init(
        news: any JobsNews, logger: Logger,
        onFollowing: @escaping @Sendable (Set<ExactText>) -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) {
        self.news = news
        self.logger = logger
        self.onFollowing = onFollowing
        self.onNews = onNews
    }

    /// Follows the newest wanted set, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - changes: Yields when the set may have changed.
    ///   - wanted: Returns the set. It is called only as often as the set can be changed.
    func run(_ changes: AsyncStream<Void>, wanted: @Sendable () -> Set<ExactText>) async {
        var generation = 0
        var current: Task<Void, Never>?
        for await _ in changes where !state.withLock({ $0.isUnsupported }) {
            let types = wanted()
            generation += 1
            let former = current
            if types.isEmpty {
                former?.cancel()
                current = nil
                say(types, generation)
            } else {
                current = Task { [generation] in
                    await follow(types, generation) { former?.cancel() }
                }
                try? await Task.sleep(for: Self.pace)
            }
        }
        current?.cancel()
        await current?.value
    }

    /// Follows one set until the task is cancelled.
    ///
    /// - Parameter onOutcome: Called when the set is followed, or when following has failed.
    private func follow(
        _ types: Set<ExactText>, _ generation: Int, onOutcome: @escaping @Sendable () -> Void
    ) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await news.follow(types.map(\.text)) { [self] in
                    say(types, generation)
                    onOutcome()
                } onNews: { [onNews] in
                    onNews($0)
                }
                backoff.reset()
            } catch JobsNewsError.unsupported(let reason) {
                state.withLock { $0.isUnsupported = true }
                logger.info("Waiting claims have to look for jobs every so often: \(reason)")
            } catch {
                if !Task.isCancelled { logger.debug("The news of jobs broke off", error: error) }
            }
            onOutcome()
            guard !Task.isCancelled, !state.withLock({ $0.isUnsupported }) else { return }
            say([], generation)
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func say(_ types: Set<ExactText>, _ generation: Int) {
        state.withLock { state in
            guard generation >= state.generation else { return }
            state.generation = generation
            onFollowing(types)
        }
    }
}
