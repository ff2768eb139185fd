import Foundation
import Jobs
public import Logging

/// A task of every instance that carries out the bulk operations of a controller.
///
/// One instance at a time works on them. It holds a lease, an entry of the record of the operations
/// that have not ended; another instance takes it when it has lapsed. Operations take turns, a
/// batch each, so that a small one does not wait for a large one.
///
/// Before each batch, an instance writes its plan to the record of the operation, if the record
/// still has the version that the instance knows; after the batch it writes the outcome. So a
/// stalled instance detects, before changing any job, that another instance has taken over. The
/// other instance knows which jobs may have been treated without a record of the outcome. They are
/// not treated again: no act applies twice, see `BulkOperation/candidates(maxRetries:)`.
public struct OperationRunner: Sendable {
    let controller: JobsController
    let logger: Logger
    let settings: Settings
    let holder = UUID().uuidString

    /// The times of a runner.
    struct Settings: Sendable {
        /// How long another instance waits for this one, in milliseconds.
        var lease: Int64 = 6000
        /// How often an instance looks for operations that other instances have started.
        var pollInterval = Duration.seconds(1)
        /// The pause after a failure.
        var pause = Duration.seconds(1)
        /// How often outdated records are removed.
        var clearInterval = Duration.seconds(600)
        var pace = OperationPace()
    }

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - controller: The controller whose operations are carried out.
    ///   - logger: Logs the end of operations at info, and failures at error.
    public init(controller: JobsController, logger: Logger) {
        self.init(controller: controller, logger: logger, settings: Settings())
    }

    init(controller: JobsController, logger: Logger, settings: Settings) {
        self.controller = controller
        self.logger = logger
        self.settings = settings
    }

    var records: any JobsRecords { controller.persistence.records }

    /// Carries out operations until the task is cancelled. Failures are logged, and the next
    /// attempt follows after a second.
    public func run() async {
        var state = State()
        while !Task.isCancelled {
            var pause = settings.pause
            do {
                pause = try await round(&state)
                if state.isFailing { logger.notice("Carrying out operations again") }
                state.isFailing = false
                await clear(&state)
            } catch {
                guard !Task.isCancelled else { break }
                if !state.isFailing { logger.error("Failed to carry out operations", error: error) }
                state.isFailing = true
            }
            await controller.operationNews.wait(atMost: pause)
        }
        // A task of its own, since this one is cancelled. If it fails, the lease lapses.
        await Task { try? await giveBack() }.value
    }

    /// The state of a runner.
    struct State {
        /// The operation that had the last turn.
        var last: String?
        /// The numbers of jobs that are looked at for a batch.
        var sizes: [String: Int] = [:]
        /// When the next batch may begin.
        var next = ContinuousClock.now
        /// When outdated records are removed next. Instances that start together do it one by one.
        var nextClearing = ContinuousClock.now + .seconds(.random(in: 20...120))
        /// The operations that cannot be read, which were logged.
        var unreadable: Set<String> = []
        var isFailing = false
    }

    /// Treats a batch, if there is an operation whose turn it is and no other instance works.
    ///
    /// - Returns: How long to wait before the next round, unless there is news.
    func round(_ state: inout State) async throws -> Duration {
        _ = controller.operationNews.take()
        guard let record = try await records.record(.work, OpenOperations.key) else {
            return settings.pollInterval
        }
        let queue = OpenOperations(record.value)
        let now = try await controller.now()
        let ready = queue.entries.filter { $0.begins.map { $0 <= now } ?? true }
        guard !ready.isEmpty else {
            state.sizes = [:]
            let begins = queue.entries.compactMap(\.begins).min()
            return min(
                settings.pollInterval,
                begins.map { .milliseconds($0.milliseconds(since: now)) } ?? .seconds(60))
        }
        guard try await hold(queue, record.version, at: now) else { return settings.pollInterval }
        let rest = ContinuousClock.now.duration(to: state.next)
        // The lease is extended during long pauses.
        guard rest <= .zero else { return min(rest, settings.pollInterval) }
        for entry in ready.inTurn(after: state.last) {
            let begun = ContinuousClock.now
            state.last = entry.id
            switch try await step(entry.id, &state, at: now) {
            case .notYet: continue
            case .worked:
                let pause = settings.pace.pause(after: begun.duration(to: .now))
                state.next = .now + pause
                return min(pause, settings.pollInterval)
            case .ended:
                state.sizes[entry.id] = nil
                try await controller.dequeue(entry.id)
                return .zero
            }
        }
        return settings.pollInterval
    }

    /// Takes or extends the lease.
    ///
    /// - Returns: Whether this instance may work.
    private func hold(_ queue: OpenOperations, _ version: Int64, at now: Timestamp) async throws
        -> Bool
    {
        let until = queue.until ?? .min
        let isOwn = queue.holder == holder
        guard isOwn || until <= now || until > now.advanced(by: 2 * settings.lease) else {
            return false
        }
        if isOwn, until.milliseconds(since: now) > settings.lease / 2 { return true }
        var taken = queue
        taken.holder = holder
        taken.until = now.advanced(by: settings.lease)
        return try await records.write(.work, OpenOperations.key, taken.json, over: version) != nil
    }

    /// Ends the lease, so that another instance does not have to wait.
    func giveBack() async throws {
        _ = try await records.update(.work, OpenOperations.key) { value in
            var queue = OpenOperations(value)
            guard queue.holder == holder else { return nil }
            queue.holder = nil
            queue.until = nil
            return queue.json
        }
    }
}

extension [OpenOperations.Entry] {
    /// The operations in the order of their turns, the one that follows the last one first.
    fileprivate func inTurn(after last: String?) -> [OpenOperations.Entry] {
        guard let place = firstIndex(where: { $0.id == last }) else { return self }
        return Array(self[(place + 1)...] + self[...place])
    }
}
