import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Readings that calls share")
struct SharedReadingsTests {
    @Test("a call that finds an old value gets it, and has it read again")
    func old() async throws {
        let state = Mutex((begun: 0, isOpen: true))
        let readings = SharedReadings<String, Int>(
            .init(
                shortReading: .milliseconds(50), lifetimeFactor: 1000, longestLifetime: .seconds(2),
                keptFactor: 0, longestKept: .zero, maximumKept: 16)
        ) { _ in
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            try await Task.sleep(for: .milliseconds(60))
            try await eventually { state.withLock { $0.isOpen } }
            return number
        }
        #expect(try await readings.reading("a").value == 1)
        #expect(try await readings.reading("a").value == 1)
        state.withLock { $0.isOpen = false }
        try await Task.sleep(for: .milliseconds(2100))

        // The second reading begins, and no call waits for it.
        for _ in 0..<5 { #expect(try await readings.reading("a").value == 1) }
        try await eventually { state.withLock { $0.begun } == 2 }
        state.withLock { $0.isOpen = true }
        try await eventually { try await readings.reading("a").value == 2 }
        #expect(state.withLock { $0.begun } == 2)

        // What is too old is not told any more.
        try await Task.sleep(for: .milliseconds(4100))
        #expect(try await readings.reading("a").value == 3)
    }

    private struct Failure: Error {}

    @Test("after a pause, a call gets an old value if a new one is not there soon, and its age")
    func pause() async throws {
        let state = Mutex((begun: 0, isOpen: true, fails: false))
        let readings = SharedReadings<String, Int>(
            .init(
                shortReading: .milliseconds(50), lifetimeFactor: 1,
                longestLifetime: .milliseconds(60),
                keptFactor: 10_000, longestKept: .seconds(600), maximumKept: 16)
        ) { _ in
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            if state.withLock(\.fails) { throw Failure() }
            try await Task.sleep(for: .milliseconds(60))
            try await eventually { state.withLock(\.isOpen) }
            return number
        }
        let first = ContinuousClock.now
        let new = try await readings.reading("a")
        #expect(new.age(at: first) == nil)
        state.withLock { $0.isOpen = false }
        try await Task.sleep(for: .milliseconds(500))

        let call = ContinuousClock.now
        for _ in 0..<3 {
            let old = try await readings.reading("a")
            #expect(old.value == 1)
            #expect(try #require(old.age(at: call)) >= 500)
        }
        #expect(state.withLock(\.begun) == 2)

        // Who is patient gets the new one.
        async let patient = readings.reading("a", isPatient: true)
        try await Task.sleep(for: .milliseconds(200))
        state.withLock { $0.isOpen = true }
        #expect(try await patient.value == 2)

        // What fails soon is told, although there is an old value.
        state.withLock { $0.fails = true }
        try await eventually {
            do {
                _ = try await readings.reading("a")
                return false
            } catch is Failure {
                return true
            }
        }
        state.withLock { $0.fails = false }
        try await eventually { try await readings.reading("a").value > 2 }
    }
}
