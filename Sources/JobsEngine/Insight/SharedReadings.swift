import Jobs
import Synchronization

/// A cache of store reads that concurrent calls share.
///
/// A call gets a value whose read began after the call, unless reads take long: then it may get the
/// value of an earlier read. A value older than its lifetime is refreshed in the background. Until
/// it is twice as old, calls get it at once; then, for a time that depends on how long its reading
/// took, if the refreshing is not done within ``patience``. So the store spends a bounded part of
/// its time on these reads, however many calls come, and neither frequent calls wait long nor the
/// first one after a pause.
final class SharedReadings<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    typealias Read = @Sendable (Key) async throws -> Value

    struct Options: Sendable {
        /// Values that take less time to read are not kept.
        var shortReading: Duration
        /// A value is new for this many times the duration of its reading, up to
        /// ``longestLifetime``.
        var lifetimeFactor: Int
        var longestLifetime: Duration
        /// A value is returned until its age is this many times the duration of its reading, up to
        /// ``longestKept``, and at least until it is twice its lifetime.
        var keptFactor: Int
        var longestKept: Duration
        /// The maximum number of keys whose values are kept.
        var maximumKept: Int
    }

    /// A value, and when it began to be read.
    struct Reading: Sendable {
        let value: Value
        let since: ContinuousClock.Instant

        /// How old it was when a call came, in milliseconds; `nil` if it was read for the call.
        func age(at call: ContinuousClock.Instant) -> Int64? {
            since < call ? since.duration(to: call).wholeMilliseconds : nil
        }
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
        /// Until then, calls do not wait for a newer one.
        let toldUntil: ContinuousClock.Instant
        let keptUntil: ContinuousClock.Instant
    }

    private enum Answer {
        case read(Reading)
        case wait(Task<Reading, any Error>)
        case waitBriefly(Task<Reading, any Error>, otherwise: Reading)
    }

    /// How long a call waits if there is an old value. The pages for operators promise a tenth of
    /// a second.
    private static var patience: Duration { .milliseconds(75) }

    private let options: Options
    private let read: Read
    private let entries = Mutex<[Key: Entry]>([:])

    init(_ options: Options, _ read: @escaping Read) {
        self.options = options
        self.read = read
    }

    /// Returns the value of a key.
    ///
    /// - Parameter isPatient: Whether to wait for a new value after a pause, however long that
    ///   takes.
    /// - Throws: The error of the reading.
    func reading(_ key: Key, isPatient: Bool = false) async throws -> Reading {
        let answer = entries.withLock { entries -> Answer in
            let now = ContinuousClock.now
            entries = entries.filter { $0.value.isNeeded(at: now) }
            guard let last = entries[key]?.last, now < last.keptUntil else {
                return .wait(task(for: key, in: &entries[key, default: Entry()]))
            }
            guard now >= last.newUntil else { return .read(last.reading) }
            let running =
                entries[key]?.running ?? task(for: key, in: &entries[key, default: Entry()])
            guard now >= last.toldUntil else { return .read(last.reading) }
            return isPatient ? .wait(running) : .waitBriefly(running, otherwise: last.reading)
        }
        switch answer {
        case .read(let reading): return reading
        case .wait(let task): return try await task.value
        case .waitBriefly(let task, let reading):
            return try await Self.result(of: task)?.get() ?? reading
        }
    }

    /// Waits for a task, which continues if it takes too long.
    private static func result(of task: Task<Reading, any Error>) async -> Result<
        Reading, any Error
    >? {
        let (results, sink) = AsyncStream<Result<Reading, any Error>>.makeStream()
        Task.detached {
            sink.yield(await task.result)
            sink.finish()
        }
        return await results.first(within: patience)
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
            let kept = min(duration * options.keptFactor, options.longestKept)
            entries[key]?.last = Last(
                reading: reading, newUntil: now + lifetime, toldUntil: now + lifetime * 2,
                keptUntil: max(now + lifetime * 2, reading.since + kept))
        }
    }
}
