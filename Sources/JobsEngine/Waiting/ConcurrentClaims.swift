import Jobs
import Synchronization

/// The claims with a request id that run in this process, which tell whether several callers share jobs.
///
/// A claim that is repeated while it still runs gets its jobs from the same look as the first one, so
/// that the store does not see it. Its jobs have more than one caller all the same.
final class ConcurrentClaims: Sendable {
    private struct Request: Hashable {
        let types: [ExactText]
        let id: ExactText
    }

    private struct Callers {
        var count = 0
        var areSeveral = false
    }

    private let running = Mutex<[Request: Callers]>([:])

    /// Runs a claim.
    ///
    /// - Returns: The jobs, and whether another caller may have got them as well.
    func run(
        _ claim: Claim, _ body: () async throws -> [StartedJob]
    ) async throws -> (started: [StartedJob], areShared: Bool) {
        guard let id = claim.requestID else { return (try await body(), false) }
        let request = Request(types: claim.types.map { ExactText($0) }, id: ExactText(id))
        running.withLock { running in
            running[request, default: Callers()].count += 1
            if running[request].map({ $0.count > 1 }) == true {
                running[request]?.areSeveral = true
            }
        }
        let result: Result<[StartedJob], any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        let areShared = running.withLock { running in
            guard var callers = running[request] else { return false }
            callers.count -= 1
            running[request] = callers.count > 0 ? callers : nil
            return callers.areSeveral
        }
        return (try result.get(), areShared)
    }
}
