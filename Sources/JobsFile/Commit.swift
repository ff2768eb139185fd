import Dispatch
import Jobs
import Synchronization

/// What callers wait for whose changes go to the disk together: that it is done, or has failed.
final class Commit: Sendable {
    private enum State {
        case underWay([@Sendable (Result<Void, JobsError>) -> Void])
        case done(Result<Void, JobsError>)
    }

    private let state = Mutex(State.underWay([]))

    func finish(_ result: Result<Void, JobsError>) {
        let observers = state.withLock { state -> [@Sendable (Result<Void, JobsError>) -> Void] in
            guard case .underWay(let observers) = state else { return [] }
            state = .done(result)
            return observers
        }
        for observer in observers { observer(result) }
    }

    /// Waits without holding a thread.
    /// - Throws: ``JobsError/unavailable(reason:)`` if what was waited for did not come to be.
    func wait() async throws {
        try await withCheckedThrowingContinuation { continuation in
            observe { continuation.resume(with: $0) }
        }
    }

    /// Holds the thread, which has to be one that may block.
    func waitBlocking() throws(JobsError) {
        let semaphore = DispatchSemaphore(value: 0)
        let outcome = Mutex(Result<Void, JobsError>.success(()))
        observe { result in
            outcome.withLock { $0 = result }
            semaphore.signal()
        }
        semaphore.wait()
        try outcome.withLock { $0 }.get()
    }

    private func observe(_ observer: @escaping @Sendable (Result<Void, JobsError>) -> Void) {
        let result = state.withLock { state -> Result<Void, JobsError>? in
            switch state {
            case .underWay(var observers):
                observers.append(observer)
                state = .underWay(observers)
                return nil
            case .done(let result): return result
            }
        }
        if let result { observer(result) }
    }
}
