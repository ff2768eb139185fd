import Dispatch
import Jobs
import Synchronization

/// The outcome of a batch of changes, which the callers of the batch wait for.
final class Commit: Sendable {
    private typealias Observer = @Sendable (Result<Void, any Error>) -> Void

    private enum State {
        case underWay([Place])
        case done(Result<Void, JobsError>)
    }

    private enum Place {
        /// The caller has a place but does not wait yet.
        case taken
        case waiting(Observer)
        /// The caller was cancelled, before or during its wait.
        case left
    }

    private let state = Mutex(State.underWay([]))

    /// Sets the outcome. Only the first call has an effect.
    func finish(_ result: Result<Void, JobsError>) {
        let places = state.withLock { state -> [Place] in
            guard case .underWay(let places) = state else { return [] }
            state = .done(result)
            return places
        }
        for case .waiting(let observer) in places { observer(result.mapError { $0 }) }
    }

    var isDone: Bool {
        state.withLock { if case .done = $0 { true } else { false } }
    }

    /// Waits without blocking a thread.
    ///
    /// - Throws: ``JobsError/unavailable(reason:)`` if the batch failed; `CancellationError` if the
    ///   caller is cancelled first.
    func wait() async throws {
        let number = takePlace()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                observe(from: number) { continuation.resume(with: $0) }
            }
        } onCancel: {
            leave(number)
        }
    }

    /// Waits without blocking a thread, even if the caller is cancelled.
    ///
    /// - Throws: ``JobsError/unavailable(reason:)`` if the batch failed.
    func waitShielded() async throws {
        let number = takePlace()
        try await withCheckedThrowingContinuation { continuation in
            observe(from: number) { continuation.resume(with: $0) }
        }
    }

    /// Waits and blocks the thread, which must be one that may block.
    func waitBlocking() throws {
        let semaphore = DispatchSemaphore(value: 0)
        let outcome = Mutex(Result<Void, any Error>.success(()))
        observe(from: takePlace()) { result in
            outcome.withLock { $0 = result }
            semaphore.signal()
        }
        semaphore.wait()
        try outcome.withLock { $0 }.get()
    }

    /// - Returns: A place to wait at; `nil` if the outcome is already set.
    private func takePlace() -> Int? {
        state.withLock { state in
            guard case .underWay(var places) = state else { return nil }
            state = .underWay([])
            places.append(.taken)
            state = .underWay(places)
            return places.count - 1
        }
    }

    private func observe(from number: Int?, _ observer: @escaping Observer) {
        let result = state.withLock { state -> Result<Void, any Error>? in
            switch state {
            case .done(let result): return result.mapError { $0 }
            case .underWay(var places):
                guard let number else { return nil }
                if case .left = places[number] { return .failure(CancellationError()) }
                state = .underWay([])
                places[number] = .waiting(observer)
                state = .underWay(places)
                return nil
            }
        }
        if let result { observer(result) }
    }

    private func leave(_ number: Int?) {
        guard let number else { return }
        let place = state.withLock { state -> Place in
            guard case .underWay(var places) = state else { return .left }
            defer { state = .underWay(places) }
            state = .underWay([])
            let place = places[number]
            places[number] = .left
            return place
        }
        if case .waiting(let observer) = place { observer(.failure(CancellationError())) }
    }
}
