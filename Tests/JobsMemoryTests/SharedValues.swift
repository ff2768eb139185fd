import Jobs
import SeededRandom
import Synchronization

/// A set of ids that several tasks fill.
final class SharedIDs: Sendable {
    private let ids = Mutex<[JobID]>([])

    var all: [JobID] { ids.withLock { $0 } }
    var count: Int { ids.withLock { $0.count } }

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
