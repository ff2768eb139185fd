import Jobs
import Logging

/// The batches of one operation.
extension OperationRunner {
    /// The outcome of a turn.
    enum Step {
        /// It is not time for this operation, or another instance was faster.
        case notYet
        case worked
        case ended
    }

    /// The numbers of jobs that are looked at for a batch: more if few of them match.
    private static let sizes = 500...8000
    /// How long the record of an operation may be missing after its id was made, in milliseconds.
    private static let patience: Int64 = 60_000

    /// Treats the next batch of an operation.
    ///
    /// - Throws: The error of the store. The operation continues later.
    func step(_ id: String, _ state: inout State, at now: Timestamp) async throws -> Step {
        guard let record = try await records.record(.operation, id) else {
            return isYoung(id, at: now) ? .notYet : .ended
        }
        guard let operation = BulkOperation(record.value, id: id) else {
            if state.unreadable.insert(id).inserted {
                logger.error(
                    "An operation cannot be read and is not carried out",
                    metadata: ["operation_id": "\(id)"])
            }
            return .notYet
        }
        guard !operation.isEnded else {
            await tell(operation)
            return .ended
        }
        guard operation.begins.map({ $0 <= now }) ?? true else { return .notYet }
        do {
            return try await treatNext(operation, record.version, &state, at: now)
        } catch JobsError.refused(let reason) {
            return try await end(id, .failed, because: reason)
        } catch {
            // Less at a time may be within the time limits of the store.
            state.sizes[id] = Self.sizes.lowerBound
            throw error
        }
    }

    private func treatNext(
        _ found: BulkOperation, _ version: Int64, _ state: inout State, at now: Timestamp
    ) async throws -> Step {
        var operation = found
        guard let id = operation.id else { return .notYet }
        guard let filter = operation.candidates(maxRetries: controller.options.maxRetries) else {
            return try await end(id, .done)
        }
        try await takeOver(&operation, filter)
        let size = state.sizes[id] ?? Self.sizes.lowerBound
        let slice = try await controller.persistence.slice(
            filter, after: operation.position, examining: size)
        state.sizes[id] = Self.size(after: size, found: slice.jobs.count)
        let jobs = Array(slice.jobs.prefix(settings.pace.batchSize))
        let end = jobs.count < slice.jobs.count ? jobs.last?.id : slice.end

        operation.state = .running
        operation.started = operation.started ?? now
        operation.updated = now
        operation.step = operation.step.addingClamped(1)
        operation.batch = jobs.isEmpty ? nil : .init(end: end, count: jobs.count)
        if jobs.isEmpty { operation.position = end }
        guard let begun = try await records.write(.operation, id, operation.json, over: version)
        else { return .notYet }
        if !jobs.isEmpty {
            try await treat(jobs, filter, &operation, end: end, over: begun.version)
        }
        return end == nil ? try await self.end(id, .done) : .worked
    }

    /// Treats jobs, and records the outcome.
    private func treat(
        _ jobs: [Job], _ filter: JobFilter, _ operation: inout BulkOperation, end: JobID?,
        over version: Int64
    ) async throws {
        let work = operation.work(maxRetries: controller.options.maxRetries)
        let outcome = try await controller.persistence.treat(JobBatch(jobs, filter, work))
        controller.observer.observe(
            .operated(action: operation.action, count: Int64(outcome.done)))
        if operation.action == .replay {
            for job in jobs.prefix(outcome.done) { controller.observer.observe(.replayed(job)) }
        }
        let (step, id) = (operation.step, operation.id ?? "")
        operation.note(outcome, of: jobs.count, end: end)
        if try await records.write(.operation, id, operation.json, over: version) != nil { return }
        // It was cancelled in the meantime, or another instance has taken over and recorded the
        // batch.
        _ = try await records.update(.operation, id) { value in
            guard var other = value.flatMap({ BulkOperation($0, id: id) }), other.step == step,
                other.batch != nil
            else { return nil }
            other.note(outcome, of: jobs.count, end: end)
            return other.json
        }
    }

    /// Counts the treated jobs of a batch whose end was not recorded: those that no longer match.
    private func takeOver(_ operation: inout BulkOperation, _ filter: JobFilter) async throws {
        guard let batch = operation.batch else { return }
        var left = 0
        var position = operation.position
        repeat {
            let slice = try await controller.persistence.slice(
                filter, after: position, examining: Self.sizes.upperBound)
            let inside = slice.jobs.prefix { job in batch.end.map { job.id <= $0 } ?? true }
            left += inside.count
            position = inside.count < slice.jobs.count ? nil : slice.end
        } while position.map({ position in batch.end.map { position < $0 } ?? true }) ?? false
        let treated = max(batch.count.subtractingClamped(left), 0)
        operation.done = operation.done.addingClamped(treated)
        operation.batch = nil
    }

    /// Ends an operation, unless it has ended in the meantime.
    private func end(_ id: String, _ state: BulkOperation.State, because reason: String? = nil)
        async throws -> Step
    {
        let now = try await controller.now()
        let record = try await records.update(.operation, id) { value in
            guard var operation = value.flatMap({ BulkOperation($0, id: id) }), !operation.isEnded
            else { return nil }
            operation.state = state
            operation.started = operation.started ?? now
            operation.updated = now
            operation.ended = now
            operation.lastError = reason ?? operation.lastError
            if state == .done {
                operation.total = operation.passed
                operation.isTotalAtLeast = false
            }
            return operation.json
        }
        guard let operation = record.flatMap({ BulkOperation($0.value, id: id) }) else {
            return .notYet
        }
        await tell(operation)
        return .ended
    }

    private func isYoung(_ id: String, at now: Timestamp) -> Bool {
        guard let made = JobID(id).creationTime else { return false }
        return abs(now.milliseconds(since: made)) < Self.patience
    }

    private static func size(after size: Int, found: Int) -> Int {
        if found < sizes.lowerBound / 2 { return min(size * 2, sizes.upperBound) }
        return found > sizes.lowerBound ? max(size / 2, sizes.lowerBound) : size
    }
}

extension BulkOperation {
    /// Notes the end of a batch.
    fileprivate mutating func note(_ outcome: BatchOutcome, of count: Int, end: JobID?) {
        done = done.addingClamped(outcome.done)
        errors = errors.addingClamped(outcome.refused)
        skipped = skipped.addingClamped(max(count - outcome.done - outcome.refused, 0))
        lastError = outcome.reason ?? lastError
        position = end ?? position
        batch = nil
    }
}
