import JobsClient
import Synchronization

/// A client that forwards the calls of a worker, records them, and can make them fail or hang.
final class SpyClient: JobsClient {
    private enum State {
        case connected
        /// Calls hang until they are cancelled.
        case cutOff
        case failing(JobsClientError)
    }

    private let client: any JobsClient
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
        self.client = client
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
            try await client.claim(claim, waitTimeout: waits ? waitTimeout : .zero)
        }
    }

    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        try await pass("\(changes[0].act.name) \(changes.count)") {
            try intercept(changes)
            return try await client.change(changes)
        }
    }

    // The operations that workers do not use.

    func add(_ newJob: NewJob) async throws -> Job { try await client.add(newJob) }

    func addUnique(_ newJob: NewJob) async throws -> Job { try await client.addUnique(newJob) }

    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await client.list(filter, paging)
    }

    func get(_ id: JobID) async throws -> Job? { try await client.get(id) }

    func start(_ start: Start) async throws -> ClaimedJob? { try await client.start(start) }

    func set(_ schedule: Schedule) async throws -> Schedule { try await client.set(schedule) }

    func schedules(_ paging: Paging) async throws -> SchedulePage {
        try await client.schedules(paging)
    }

    func schedule(_ id: String) async throws -> Schedule? { try await client.schedule(id) }

    func deleteSchedule(_ id: String) async throws -> Schedule? {
        try await client.deleteSchedule(id)
    }

    func runSchedule(_ id: String) async throws -> Job? { try await client.runSchedule(id) }

    func replay(_ request: ReplayRequest) async throws -> ReplayedJobs {
        try await client.replay(request)
    }

    func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await client.errors(query)
    }

    func start(_ request: OperationRequest) async throws -> BulkOperation {
        try await client.start(request)
    }

    func operations(_ query: OperationQuery) async throws -> [BulkOperation] {
        try await client.operations(query)
    }

    func operation(_ id: String) async throws -> BulkOperation? { try await client.operation(id) }

    func cancelOperation(_ id: String) async throws -> BulkOperation? {
        try await client.cancelOperation(id)
    }

    func audit(_ query: AuditQuery) async throws -> [AuditEntry] { try await client.audit(query) }

    func explain(_ id: JobID) async throws -> JobExplanation? { try await client.explain(id) }

    func types(_ query: TypeQuery) async throws -> TypePage { try await client.types(query) }

    func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus {
        try await client.pause(type: type, reason: reason, until: until)
    }

    func resume(type: String) async throws -> TypeStatus { try await client.resume(type: type) }

    func set(type: String, _ change: TypeChange) async throws -> TypeStatus {
        try await client.set(type: type, change)
    }

    func delete(_ id: JobID) async throws -> Job? { try await client.delete(id) }

    func deleteAll() async throws { try await client.deleteAll() }

    func clean() async throws { try await client.clean() }

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        try await client.add(newJobs)
    }
}
