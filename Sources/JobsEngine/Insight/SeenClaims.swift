import Jobs
import Synchronization

/// The claims that this process has seen: when each type was last asked for, and by which workers.
///
/// A claim costs one short lock. Callers can invent types and workers, so only those that were seen
/// last are kept: ``maximumTypes``, ``maximumWorkers`` of each, and ``maximumWorkersInAll``; and
/// none that was not seen for ``memory``.
final class SeenClaims: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// One type.
    struct Seen: Sendable, Equatable {
        var lastClaim: Instant
        var workers: [ExactText: Instant] = [:]
    }

    fileprivate struct State {
        var types: [ExactText: Seen] = [:]
        var workers = 0
    }

    static let maximumTypes = 1000
    static let maximumWorkers = TypeStatus.maximumWorkers
    static let maximumWorkersInAll = 5000
    static let memory = Duration.seconds(3600)

    /// The id of this process, unique among those that share the jobs.
    let id = String(UInt64.random(in: .min ... .max), radix: 16)
    /// Since when claims are noted.
    let start = Instant.now
    private let state = Mutex(State())

    /// Notes a claim.
    ///
    /// - Parameter worker: The name of the worker; `nil` if it gives none.
    func note(_ type: String, worker: String?, at now: Instant = .now) {
        let (type, worker) = (ExactText(type), worker.map { ExactText($0) })
        state.withLock { state in
            state.types[type, default: Seen(lastClaim: now)].lastClaim = now
            if let worker {
                let former = state.types[type]?.workers.updateValue(now, forKey: worker)
                if former == nil { state.workers += 1 }
            }
            if state.isTooLarge(worker == nil ? nil : type) { state.forget(type, at: now) }
        }
    }

    /// Returns what was seen within ``memory``.
    func seen(at now: Instant = .now) -> [ExactText: Seen] {
        state.withLock { state in
            state.forgetOld(at: now)
            return state.types
        }
    }
}

extension SeenClaims.State {
    /// - Parameter type: The type for which a worker was noted; `nil` for none.
    fileprivate func isTooLarge(_ type: ExactText?) -> Bool {
        types.count > SeenClaims.maximumTypes || workers > SeenClaims.maximumWorkersInAll
            || (type.flatMap { types[$0]?.workers.count } ?? 0) > SeenClaims.maximumWorkers
    }

    /// Forgets what was not seen for the longest time. A tenth of what may be kept is freed at
    /// once, so that few claims have to do this.
    fileprivate mutating func forget(_ type: ExactText, at now: SeenClaims.Instant) {
        if let count = types[type]?.workers.count, count > SeenClaims.maximumWorkers {
            types[type]?.keepWorkers(SeenClaims.maximumWorkers * 9 / 10)
        }
        if types.count > SeenClaims.maximumTypes {
            let kept = types.sorted { $0.value.lastClaim > $1.value.lastClaim }
                .prefix(SeenClaims.maximumTypes * 9 / 10)
            types = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
        countWorkers()
        guard workers > SeenClaims.maximumWorkersInAll else { return }
        let seen = types.values.flatMap(\.workers.values).sorted(by: >)
        let oldest = seen[SeenClaims.maximumWorkersInAll * 9 / 10]
        types = types.mapValues { type in
            var type = type
            type.workers = type.workers.filter { $0.value > oldest }
            return type
        }
        countWorkers()
    }

    fileprivate mutating func forgetOld(at now: SeenClaims.Instant) {
        let isRecent = { (instant: SeenClaims.Instant) in
            instant.duration(to: now) < SeenClaims.memory
        }
        types = types.filter { isRecent($0.value.lastClaim) }
            .mapValues { type in
                var type = type
                type.workers = type.workers.filter { isRecent($0.value) }
                return type
            }
        countWorkers()
    }

    private mutating func countWorkers() {
        workers = types.values.reduce(0) { $0 + $1.workers.count }
    }
}

extension SeenClaims.Seen {
    fileprivate mutating func keepWorkers(_ count: Int) {
        let kept = workers.sorted { $0.value > $1.value }.prefix(count)
        workers = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
