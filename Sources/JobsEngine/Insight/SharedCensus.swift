import Jobs
import Synchronization

/// The counts of the jobs of a store, which calls share.
///
/// A call gets numbers that were counted after it came, unless counting takes long: then it may get
/// those of another call that are up to ``longestLifetime`` old. So a store of any size spends a part
/// of its time on counts at most, whatever callers do.
final class SharedCensus: Sendable {
    typealias Counts = [ExactText: JobCounts]
    typealias Count = @Sendable (_ type: String?) async throws -> Counts

    fileprivate struct Entry {
        /// The count that runs.
        var running: Task<Counts, any Error>?
        /// The count for the calls that came while one was running.
        var next: Task<Counts, any Error>?
        var last: (counts: Counts, validUntil: ContinuousClock.Instant)?
    }

    private enum Answer {
        case counts(Counts)
        case wait(Task<Counts, any Error>)
    }

    /// A count is kept for this many times its duration, up to ``longestLifetime``.
    private static let lifetimeFactor = 4
    static let longestLifetime = Duration.seconds(2)

    private let count: Count
    /// A count that takes less time is not kept.
    private let shortCount: Duration
    /// By the type that is counted; `nil` for all.
    private let entries = Mutex<[ExactText?: Entry]>([:])

    /// - Parameters:
    ///   - shortCount: A count that takes less time is not kept.
    ///   - count: Counts the jobs of a type, or of all types.
    init(shortCount: Duration = .milliseconds(250), _ count: @escaping Count) {
        self.shortCount = shortCount
        self.count = count
    }

    /// Returns the numbers of jobs of a type, or of all types.
    ///
    /// - Throws: The error of the store.
    func counts(of type: String? = nil) async throws -> Counts {
        let key = type.map { ExactText($0) }
        let answer = entries.withLock { entries -> Answer in
            let now = ContinuousClock.now
            entries = entries.filter { $0.value.isNeeded(at: now) }
            if let last = entries[key]?.last, now < last.validUntil { return .counts(last.counts) }
            return .wait(task(for: key, in: &entries[key, default: Entry()]))
        }
        switch answer {
        case .counts(let counts): return counts
        case .wait(let task): return try await task.value
        }
    }

    /// Returns the count that begins next.
    ///
    /// The tasks are detached, since they serve several calls: the cancellation of one of these must
    /// not cancel them.
    private func task(for key: ExactText?, in entry: inout Entry) -> Task<Counts, any Error> {
        if let next = entry.next { return next }
        guard let running = entry.running else {
            let task = Task.detached { [self] in try await run(key) }
            entry.running = task
            return task
        }
        let next = Task.detached { [self] in
            _ = await running.result
            entries.withLock { $0[key]?.next = nil }
            return try await counts(of: key?.text)
        }
        entry.next = next
        return next
    }

    private func run(_ key: ExactText?) async throws -> Counts {
        let start = ContinuousClock.now
        do {
            let counts = try await count(key?.text)
            end(key, counts, took: start.duration(to: .now))
            return counts
        } catch {
            end(key, nil, took: .zero)
            throw error
        }
    }

    private func end(_ key: ExactText?, _ counts: Counts?, took duration: Duration) {
        entries.withLock { entries in
            entries[key]?.running = nil
            guard let counts, duration >= shortCount else { return }
            let lifetime = min(duration * Self.lifetimeFactor, Self.longestLifetime)
            entries[key]?.last = (counts, .now + lifetime)
        }
    }
}

extension SharedCensus.Entry {
    fileprivate func isNeeded(at now: ContinuousClock.Instant) -> Bool {
        running != nil || next != nil || last.map { now < $0.validUntil } ?? false
    }
}
