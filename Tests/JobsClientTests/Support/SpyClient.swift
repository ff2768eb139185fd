import JobsClient
import Synchronization

/// A client that forwards the calls of a worker, records them, and can make them fail or hang.
final class SpyClient: JobsClientLayer {
    private enum State {
        case connected
        /// Calls hang until they are cancelled.
        case cutOff
        case failing(JobsClientError)
    }

    let base: any JobsClient
    private let waits: Bool
    private let intercept: @Sendable ([JobChange]) throws -> Void
    private let state = Mutex(State.connected)
    private let noted = Recorder<String>()

    /// - Parameters:
    ///   - waits: Whether claims may wait; else they are answered at once.
    ///   - intercept: Called before changes; its error is that of the call.
    init(
        _ client: any JobsClient, waits: Bool = true,
        before intercept: @escaping @Sendable ([JobChange]) throws -> Void = { _ in }
    ) {
        base = client
        self.waits = waits
        self.intercept = intercept
    }

    var calls: [String] { noted.all }

    func cutOff() { state.withLock { $0 = .cutOff } }
    func reconnect() { state.withLock { $0 = .connected } }
    func fail(with error: JobsClientError) { state.withLock { $0 = .failing(error) } }

    private func pass<Value>(_ call: String, _ body: () async throws -> Value) async throws -> Value
    {
        noted.append(call)
        switch state.withLock({ $0 }) {
        case .connected: return try await body()
        case .cutOff:
            try await Task.sleep(for: .seconds(3600))
            throw JobsClientError(.outcomeUnknown, "cut off")
        case .failing(let error): throw error
        }
    }

    func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        try await pass("start") {
            try await base.claim(claim, waitTimeout: waits ? waitTimeout : .zero)
        }
    }

    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        try await pass("\(changes[0].act.name) \(changes.count)") {
            try intercept(changes)
            return try await base.change(changes)
        }
    }
}
