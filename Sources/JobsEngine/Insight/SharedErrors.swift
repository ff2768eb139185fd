import Jobs
import Synchronization

/// The groups of errors of a store, which calls share as they share the counts of ``SharedCensus``.
///
/// A call gets groups that were read after it came, unless reading takes long: then it may get those of
/// another call that are up to ``longestLifetime`` old. So a hundred pages that show the groups cost the
/// store no more than one.
final class SharedErrors: Sendable {
    typealias Read = @Sendable (ErrorQuery) async throws -> ErrorGroups

    /// A query, whose strings are compared byte by byte.
    private struct Key: Hashable {
        let type: ExactText?
        let types: Set<ExactText>?
        let from: Timestamp?
        let to: Timestamp?

        init(_ query: ErrorQuery) {
            type = query.type.map { ExactText($0) }
            types = query.types.map { Set($0.map { ExactText($0) }) }
            from = query.from
            to = query.to
        }
    }

    fileprivate struct Entry {
        /// The reading that goes on.
        var running: Task<ErrorGroups, any Error>?
        /// The reading for the calls that came while one was going on.
        var next: Task<ErrorGroups, any Error>?
        var last: (groups: ErrorGroups, validUntil: ContinuousClock.Instant)?
    }

    private enum Answer {
        case groups(ErrorGroups)
        case wait(Task<ErrorGroups, any Error>)
    }

    /// Groups are kept for this many times the duration of reading, up to ``longestLifetime``.
    private static let lifetimeFactor = 20
    static let longestLifetime = Duration.seconds(5)
    /// The maximum number of queries whose groups are kept.
    static let maximumKept = 16

    private let read: Read
    /// Groups whose reading takes less time are not kept.
    private let shortReading: Duration
    private let entries = Mutex<[Key: Entry]>([:])

    /// - Parameters:
    ///   - shortReading: Groups whose reading takes less time are not kept.
    ///   - read: Reads the groups of a query.
    init(shortReading: Duration = .milliseconds(50), _ read: @escaping Read) {
        self.shortReading = shortReading
        self.read = read
    }

    /// Returns the groups of a query.
    ///
    /// - Throws: The error of the store.
    func groups(_ query: ErrorQuery) async throws -> ErrorGroups {
        let key = Key(query)
        let answer = entries.withLock { entries -> Answer in
            let now = ContinuousClock.now
            entries = entries.filter { $0.value.isNeeded(at: now) }
            if let last = entries[key]?.last, now < last.validUntil { return .groups(last.groups) }
            return .wait(task(query, key, in: &entries[key, default: Entry()]))
        }
        switch answer {
        case .groups(let groups): return groups
        case .wait(let task): return try await task.value
        }
    }

    /// Returns the reading that begins next.
    ///
    /// The tasks are detached, since they serve several calls: the cancellation of one of these must
    /// not cancel them.
    private func task(_ query: ErrorQuery, _ key: Key, in entry: inout Entry)
        -> Task<ErrorGroups, any Error>
    {
        if let next = entry.next { return next }
        guard let running = entry.running else {
            let task = Task.detached { [self] in try await run(query, key) }
            entry.running = task
            return task
        }
        let next = Task.detached { [self] in
            _ = await running.result
            entries.withLock { $0[key]?.next = nil }
            return try await groups(query)
        }
        entry.next = next
        return next
    }

    private func run(_ query: ErrorQuery, _ key: Key) async throws -> ErrorGroups {
        let start = ContinuousClock.now
        do {
            let groups = try await read(query)
            end(key, groups, took: start.duration(to: .now))
            return groups
        } catch {
            end(key, nil, took: .zero)
            throw error
        }
    }

    private func end(_ key: Key, _ groups: ErrorGroups?, took duration: Duration) {
        entries.withLock { entries in
            entries[key]?.running = nil
            guard let groups, duration >= shortReading,
                entries.count(where: { $0.value.last != nil }) < Self.maximumKept
            else { return }
            let lifetime = min(duration * Self.lifetimeFactor, Self.longestLifetime)
            entries[key]?.last = (groups, .now + lifetime)
        }
    }
}

extension SharedErrors.Entry {
    fileprivate func isNeeded(at now: ContinuousClock.Instant) -> Bool {
        running != nil || next != nil || last.map { now < $0.validUntil } ?? false
    }
}
