import Synchronization

/// A cache of store reads that concurrent calls share.
///
/// A call gets a value whose read began after the call, unless reads take long: then it may get the
/// value of an earlier read. A value older than its lifetime is still returned while it is
/// refreshed in the background, until it is twice as old. So the store spends a bounded part of its
/// time on these reads, however many calls come, and frequent calls do not wait.
final class SharedReadings<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    typealias Read = @Sendable (Key) async throws -> Value

    struct Options: Sendable {
        /// Values that take less time to read are not kept.
        var shortReading: Duration
        /// A value is new for this many times the duration of its reading, up to
        /// ``longestLifetime``.
        var lifetimeFactor: Int
        var longestLifetime: Duration
        /// The maximum number of keys whose values are kept.
        var maximumKept: Int
    }

    /// A value, and when it began to be read.
    struct Reading: Sendable {
        let value: Value
        let since: ContinuousClock.Instant
    }

    private struct Entry {
        /// The reading that goes on.
        var running: Task<Reading, any Error>?
        /// The reading for the calls that came while one was going on.
        var next: Task<Reading, any Error>?
        var last: Last?

        func isNeeded(at now: ContinuousClock.Instant) -> Bool {
            running != nil || next != nil || last.map { now < $0.keptUntil } ?? false
        }
    }

    private struct Last {
        let reading: Reading
        let newUntil: ContinuousClock.Instant
        let keptUntil: ContinuousClock.Instant
    }

    private enum Answer {
        case read(Reading)
        case wait(Task<Reading, any Error>)
    }

    private let options: Options
    private let read: Read
    private let entries = Mutex<[Key: Entry]>([:])

    init(_ options: Options, _ read: @escaping Read) {
        self.options = options
        self.read = read
    }

    /// Returns the value of a key.
    ///
    /// - Throws: The error of the reading.
    func reading(_ key: Key) async throws -> Reading {
        let answer = entries.withLock { entries -> Answer in
            let now = ContinuousClock.now
            entries = entries.filter { $0.value.isNeeded(at: now) }
            guard let last = entries[key]?.last, now < last.keptUntil else {
                return .wait(task(for: key, in: &entries[key, default: Entry()]))
            }
            if now >= last.newUntil, entries[key]?.running == nil {
                _ = task(for: key, in: &entries[key, default: Entry()])
            }
            return .read(last.reading)
        }
        switch answer {
        case .read(let reading): return reading
        case .wait(let task): return try await task.value
        }
    }

    /// Returns the reading that begins next.
    ///
    /// The tasks are detached, since they serve several calls: the cancellation of one of these
    /// must not cancel them.
    private func task(for key: Key, in entry: inout Entry) -> Task<Reading, any Error> {
        if let next = entry.next { return next }
        guard let running = entry.running else {
            let task = Task.detached { [self] in try await run(key) }
            entry.running = task
            return task
        }
        let next = Task.detached { [self] in
            _ = await running.result
            entries.withLock { $0[key]?.next = nil }
            return try await reading(key)
        }
        entry.next = next
        return next
    }

    private func run(_ key: Key) async throws -> Reading {
        let start = ContinuousClock.now
        do {
            let reading = Reading(value: try await read(key), since: start)
            end(key, reading)
            return reading
        } catch {
            end(key, nil)
            throw error
        }
    }

    private func end(_ key: Key, _ reading: Reading?) {
        let now = ContinuousClock.now
        entries.withLock { entries in
            entries[key]?.running = nil
            guard let reading else { return }
            let duration = reading.since.duration(to: now)
            let isKept = entries[key]?.last != nil
            entries[key]?.last = nil
            guard duration >= options.shortReading,
                isKept || entries.count(where: { $0.value.last != nil }) < options.maximumKept
            else { return }
            let lifetime = min(duration * options.lifetimeFactor, options.longestLifetime)
            entries[key]?.last = Last(
                reading: reading, newUntil: now + lifetime, keptUntil: now + lifetime * 2)
        }
    }
}
