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
                maximumKept: 16)
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

        // The second reading begins, and nobody waits for it.
        for _ in 0..<5 { #expect(try await readings.reading("a").value == 1) }
        try await eventually { state.withLock { $0.begun } == 2 }
        state.withLock { $0.isOpen = true }
        try await eventually { try await readings.reading("a").value == 2 }
        #expect(state.withLock { $0.begun } == 2)

        // What is too old is not told any more.
        try await Task.sleep(for: .milliseconds(4100))
        #expect(try await readings.reading("a").value == 3)
    }
}
