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

    /// Numbers, and when they began to be counted.
    struct Counted: Sendable {
        let counts: Counts
        let since: ContinuousClock.Instant
    }

    fileprivate struct Entry {
        /// The count that runs.
        var running: Task<Counted, any Error>?
        /// The count for the calls that came while one was running.
        var next: Task<Counted, any Error>?
        var last: (counted: Counted, validUntil: ContinuousClock.Instant)?
    }

    private enum Answer {
        case counted(Counted)
        case wait(Task<Counted, any Error>)
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
        try await counted(type).counts
    }

    /// Returns the numbers of jobs of a type, or of all types, with their age.
    ///
    /// - Throws: The error of the store.
    func counted(_ type: String? = nil) async throws -> Counted {
        let key = type.map { ExactText($0) }
        let answer = entries.withLock { entries -> Answer in
            let now = ContinuousClock.now
            entries = entries.filter { $0.value.isNeeded(at: now) }
            if let last = entries[key]?.last, now < last.validUntil {
                return .counted(last.counted)
            }
            return .wait(task(for: key, in: &entries[key, default: Entry()]))
        }
        switch answer {
        case .counted(let counted): return counted
        case .wait(let task): return try await task.value
        }
    }

    /// Returns the count that begins next.
    ///
    /// The tasks are detached, since they serve several calls: the cancellation of one of these must
    /// not cancel them.
    private func task(for key: ExactText?, in entry: inout Entry) -> Task<Counted, any Error> {
        if let next = entry.next { return next }
        guard let running = entry.running else {
            let task = Task.detached { [self] in try await run(key) }
            entry.running = task
            return task
        }
        let next = Task.detached { [self] in
            _ = await running.result
            entries.withLock { $0[key]?.next = nil }
            return try await counted(key?.text)
        }
        entry.next = next
        return next
    }

    private func run(_ key: ExactText?) async throws -> Counted {
        let start = ContinuousClock.now
        do {
            let counted = Counted(counts: try await count(key?.text), since: start)
            end(key, counted)
            return counted
        } catch {
            end(key, nil)
            throw error
        }
    }

    private func end(_ key: ExactText?, _ counted: Counted?) {
        let now = ContinuousClock.now
        entries.withLock { entries in
            entries[key]?.running = nil
            guard let counted else { return }
            let duration = counted.since.duration(to: now)
            guard duration >= shortCount else { return }
            let lifetime = min(duration * Self.lifetimeFactor, Self.longestLifetime)
            entries[key]?.last = (counted, now + lifetime)
        }
    }
}

extension SharedCensus.Entry {
    fileprivate func isNeeded(at now: ContinuousClock.Instant) -> Bool {
        running != nil || next != nil || last.map { now < $0.validUntil } ?? false
    }
}
