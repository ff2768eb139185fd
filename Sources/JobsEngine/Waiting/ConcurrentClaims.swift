import Jobs
import Synchronization

/// The claims with a request id that run in this process, which tell whether several callers share
/// jobs.
///
/// A claim that is repeated while it still runs gets its jobs from the same look as the first one,
/// so that the store does not see it. Its jobs still have more than one caller.
final class ConcurrentClaims: Sendable {
    private struct Request: Hashable {
        let types: [ExactText]
        let id: ExactText
    }

    private struct Callers {
        var count = 0
        var areSeveral = false
        /// Whether one of them has got jobs.
        var areServed = false
    }

    /// The result of a claim.
    struct Claimed {
        let started: [StartedJob]
        /// Whether another caller may have got the jobs as well.
        var areShared = false
        /// Whether another caller had them before.
        var areKnown = false
    }

    private let running = Mutex<[Request: Callers]>([:])

    /// Runs a claim.
    func run(
        _ claim: Claim, _ body: () async throws -> [StartedJob]
    ) async throws -> Claimed {
        guard let id = claim.requestID else { return Claimed(started: try await body()) }
        let request = Request(types: claim.types.map { ExactText($0) }, id: ExactText(id))
        running.withLock { running in
            running[request, default: Callers()].count += 1
            if running[request].map({ $0.count > 1 }) == true {
                running[request]?.areSeveral = true
            }
        }
        let result: Result<[StartedJob], any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        let hasJobs = (try? result.get().isEmpty) == false
        let (areShared, areKnown) = running.withLock { running in
            guard var callers = running[request] else { return (false, false) }
            let areKnown = callers.areServed
            callers.count -= 1
            callers.areServed = areKnown || hasJobs
            running[request] = callers.count > 0 ? callers : nil
            return (callers.areSeveral, areKnown)
        }
        return Claimed(started: try result.get(), areShared: areShared, areKnown: areKnown)
    }
}
