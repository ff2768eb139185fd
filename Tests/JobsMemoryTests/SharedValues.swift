import Jobs
import SeededRandom
import Synchronization
import Testing

/// A set of ids that several tasks fill.
final class SharedIDs: Sendable {
    private let ids = Mutex<[JobID]>([])

    var all: [JobID] { ids.withLock { $0 } }
    var count: Int { ids.withLock { $0.count } }

    /// Waits until there are so many, for a minute at most.
    func reach(_ total: Int) async throws {
        for _ in 0..<6000 where count < total { try await Task.sleep(for: .milliseconds(10)) }
        #expect(count == total)
    }

    func add(_ started: [StartedJob]) {
        ids.withLock { $0 += started.map(\.job.id) }
    }
}

final class SharedRandom: Sendable {
    private let generator: Mutex<SplitMix64>

    init(_ seed: UInt64) {
        generator = Mutex(SplitMix64(seed: seed))
    }

    func number(below bound: Int) -> Int {
        generator.withLock { Int.random(in: 0..<bound, using: &$0) }
    }
}
