import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("A value that is read anew on request", .timeLimit(.minutes(1)))
struct RefreshedTests {
    /// What is read: the number of readings, once they may end.
    private final class Source: Sendable {
        private let count = Mutex(0)
        let mayEnd = Flag()

        var readings: Int { count.withLock { $0 } }

        func read() async -> Int {
            let number = count.withLock { count in
                count += 1
                return count
            }
            try? await mayEnd.wait()
            return number
        }
    }

    private let source = Source()

    private func with(
        patience: Duration, lifetime: Duration, _ body: (Refreshed<Int>) async throws -> Void
    ) async throws {
        let refreshed = Refreshed(
            patience: patience, lifetime: { _ in lifetime },
            read: { [source] _ in await source.read() })
        let runner = Task { await refreshed.run() }
        defer {
            source.mayEnd.set()
            runner.cancel()
        }
        try await body(refreshed)
    }

    @Test("concurrent requests share a reading, and later ones its value while it is new enough")
    func shared() async throws {
        try await with(patience: .seconds(30), lifetime: .seconds(60)) { refreshed in
            #expect(refreshed.last == nil)
            async let values = withTaskGroup(of: Int?.self) { group in
                for _ in 0..<20 { group.addTask { await refreshed.value() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually { source.readings == 1 }
            source.mayEnd.set()

            #expect(await values == Array(repeating: 1, count: 20))
            #expect(await refreshed.value() == 1)
            #expect(refreshed.last == 1 && source.readings == 1)
        }
    }

    @Test("a value that is too old is read again, given the last one")
    func again() async throws {
        source.mayEnd.set()
        try await with(patience: .seconds(30), lifetime: .zero) { refreshed in
            for number in 1...5 { #expect(await refreshed.value() == number) }
            #expect(refreshed.last == 5)
        }
    }

    @Test("one request waits for a reading that hangs, and no further one, until it has ended")
    func hanging() async throws {
        let patience = Duration.milliseconds(500)
        try await with(patience: patience, lifetime: .seconds(60)) { refreshed in
            #expect(await refreshed.value() == nil)
            let begin = ContinuousClock.now
            for _ in 0..<20 { #expect(await refreshed.value() == nil) }
            // They would take twenty times as long as one.
            #expect(begin.duration(to: .now) < patience * 10)
            #expect(source.readings == 1)

            source.mayEnd.set()
            try await eventually { refreshed.last == 1 }
            #expect(await refreshed.value() == 1)
        }
    }
}
