import InMemoryLogging
import Jobs
import JobsEngine
import Logging
import Testing

@Suite("Cleaner", .timeLimit(.minutes(5)))
struct JobsCleanerTests {
    private let log = InMemoryLogHandler()

    private func cleaner(_ persistence: RecordingPersistence, interval: Int64) -> JobsCleaner {
        JobsCleaner(
            controller: JobsController(
                persistence: persistence,
                options: JobsController.Options(maxRetries: 3, cleanInterval: interval)),
            logger: Logger(label: "test") { [log] _ in log })
    }

    /// Lets a cleaner run until `number` cleanings have begun.
    /// - Parameter clean: what each cleaning does, given its number.
    /// - Returns: when the cleanings began.
    private func run(
        interval: Int64, until number: Int,
        clean: @escaping @Sendable (_ number: Int) async throws -> Void = { _ in }
    ) async -> [ContinuousClock.Instant] {
        let (cleanings, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let cleaner = cleaner(
            RecordingPersistence {
                continuation.yield(.now)
                try await clean($0)
            }, interval: interval)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await cleaner.run() }
            var instants: [ContinuousClock.Instant] = []
            for await instant in cleanings {
                instants.append(instant)
                if instants.count == number { break }
            }
            group.cancelAll()
            return instants
        }
    }

    @Test("every cleaning comes an interval after the start or the one before")
    func intervals() async {
        let start = ContinuousClock.now

        let instants = await run(interval: 20, until: 4)

        for (before, instant) in zip([start] + instants, instants) {
            #expect(before.duration(to: instant) >= .milliseconds(20))
        }
        #expect(log.entries.allSatisfy { $0.level == .info })
    }

    @Test("cleaning uses the configured limit")
    func limit() async {
        let (limits, continuation) = AsyncStream.makeStream(of: Int.self)
        let persistence = RecordingPersistence { continuation.yield($0) }
        let cleaner = cleaner(persistence, interval: 1)

        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cleaner.run() }
            for await _ in limits { break }
            group.cancelAll()
        }

        #expect(await persistence.calls.first == "clean 3")
    }

    @Test("cleaning goes on after failures, and each is logged")
    func failures() async throws {
        let error = JobsError.unavailable(reason: "no store")

        _ = await run(interval: 1, until: 4) { if $0 == 1 || $0 == 3 { throw error } }

        let failures = log.entries.filter { $0.level == .error }
        #expect(failures.map { $0.error as? JobsError } == [error, error])
    }

    @Test("what was removed is said in one line")
    func removed() async {
        _ = await run(interval: 1, until: 2)

        #expect(
            log.entries.first.map { "\($0.message)" }
                == "Removed 3 jobs: 2 completed, 0 expired, 1 exhausted, 0 failed, 0 cancelled")
    }

    @Test("a cancellation somewhere in the store does not end the cleaning")
    func foreignCancellation() async {
        let instants = await run(interval: 1, until: 2) { if $0 == 1 { throw CancellationError() } }

        #expect(instants.count == 2)
        #expect(log.entries.filter { $0.level == .error }.count == 1)
    }

    @Test("what a cleaning throws because it was cancelled is no failure")
    func cancelledCleaning() async {
        _ = await run(interval: 1, until: 1) { _ in
            try? await Task.sleep(for: .seconds(3600))
            throw JobsError.unavailable(reason: "cut short")
        }

        #expect(log.entries.isEmpty)
    }

    @Test("an interval of 0 and less switches cleaning off", arguments: [0, -1, .min] as [Int64])
    func off(interval: Int64) async {
        let persistence = RecordingPersistence()

        await cleaner(persistence, interval: interval).run()

        #expect(await persistence.calls.isEmpty)
    }

    @Test("cancelling ends the wait, however long", arguments: [60_000, .max] as [Int64])
    func cancelled(interval: Int64) async {
        let persistence = RecordingPersistence()
        let cleaner = cleaner(persistence, interval: interval)

        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cleaner.run() }
            group.cancelAll()
        }

        #expect(await persistence.calls.isEmpty)
        #expect(log.entries.isEmpty)
    }
}
