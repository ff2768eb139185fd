import Jobs
import Logging
import Synchronization

@testable import JobsEngine

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// One instance of the service, whose rounds a test runs.
final class OperatingInstance: Sendable {
    private let runner: OperationRunner
    private let state = Mutex<OperationRunner.State?>(.init())

    init(_ controller: JobsController, size: Int) {
        var settings = OperationRunner.Settings()
        settings.pace.batchSize = size
        runner = OperationRunner(
            controller: controller, logger: .silent, settings: settings)
    }

    /// - Returns: How long the instance would wait.
    @discardableResult
    func round() async throws -> Duration {
        guard var own = state.withLock({ $0.take() }) else { return .zero }
        own.next = .now
        defer { state.withLock { [own] in $0 = own } }
        return try await runner.round(&own)
    }

    func clear() async {
        var own = OperationRunner.State()
        own.nextClearing = .now
        await runner.clear(&own)
    }

    func giveBack() async throws { try await runner.giveBack() }
}

/// A store whose process ends before or after a batch, as far as the caller can tell.
final class KillingPersistence: JobsPersistenceLayer {
    enum Moment { case before, after }

    typealias Hook = @Sendable () async throws -> Void

    private struct State {
        var kill: Moment?
        var onTreat: Hook?
        var onSlice: Hook?
        var treated: [Int] = []
    }

    let base: any JobsPersistence
    private let state = Mutex(State())

    init(_ base: any JobsPersistence) {
        self.base = base
    }

    var kill: Moment? {
        get { state.withLock { $0.kill } }
        set { state.withLock { $0.kill = newValue } }
    }

    var onTreat: Hook? {
        get { state.withLock { $0.onTreat } }
        set { state.withLock { $0.onTreat = newValue } }
    }

    var onSlice: Hook? {
        get { state.withLock { $0.onSlice } }
        set { state.withLock { $0.onSlice = newValue } }
    }

    /// The numbers of jobs that batches have treated.
    var treated: [Int] { state.withLock { $0.treated } }

    func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws -> JobSlice
    {
        let slice = try await base.slice(filter, after: id, examining: limit)
        try await onSlice?()
        return slice
    }

    func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        if kill == .before { throw JobsError.unavailable(reason: "killed") }
        try await onTreat?()
        let outcome = try await base.treat(batch)
        if outcome.done > 0 { state.withLock { $0.treated.append(outcome.done) } }
        if kill == .after { throw JobsError.unavailable(reason: "killed") }
        return outcome
    }
}
