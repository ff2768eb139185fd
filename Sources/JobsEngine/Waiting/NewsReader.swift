import Jobs
import Logging
import Synchronization

/// Follows the news of a store for a set of types that changes.
///
/// A new set is followed before the old one is let go, so that for types in both nothing is missed.
/// News that breaks off is taken up again; those who live on it are told that they were deaf.
final class NewsReader: Sendable {
    private struct State {
        /// Counts the sets; the last one that had news to tell has the say.
        var generation = 0
        var isUnsupported = false
    }

    private let news: any JobsNews
    private let logger: Logger
    private let onFollowing: @Sendable (Set<ExactText>) -> Void
    private let onNews: @Sendable ([JobNews]) -> Void
    private let state = Mutex(State())

    /// No more often than this is a set changed for another: stores take a moment to let one go.
    private static let pace = Duration.milliseconds(300)

    /// - Parameter onFollowing: told of which types all news is told from now on; of others none is.
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

    /// Follows the set that is wanted last, until the task is cancelled.
    /// - Parameters:
    ///   - changes: told when the set may have changed.
    ///   - wanted: the set; asked for only as often as it can be changed for another.
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
    /// - Parameter onOutcome: called when the set is followed, or turns out not to be.
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
