public import Jobs

/// The bulk operations, which instances of the service carry out, see ``OperationRunner``.
extension JobsController {
    /// Starts an operation, or with a dry run only counts its jobs.
    ///
    /// The jobs are counted up to `BulkOperation/exactCount`, for a second at most.
    ///
    /// - Parameters:
    ///   - request: The action and the jobs.
    ///   - caller: The name of the caller; `nil` if it is not known.
    /// - Returns: The operation, which waits.
    /// - Throws: `JobsError.refused` that names what cannot be used; `JobsError.overloaded` if too
    ///   many operations have not ended; the error of the store.
    public func start(_ request: OperationRequest, by caller: String? = nil) async throws
        -> BulkOperation
    {
        try request.check()
        let asked = try await now()
        var operation = BulkOperation(request, by: caller, at: asked)
        guard !request.isDryRun else {
            (operation.total, operation.isTotalAtLeast) = try await count(operation, request)
            operation.state = .done
            operation.isDryRun = true
            return operation
        }
        let id = recordIDs.next(at: asked)
        let queued = try await enqueue(
            .init(id: id, begins: request.startDelay > 0 ? operation.begins : nil))
        // The time of the server. No job that the caller knows of is younger.
        let moment = Timestamp(milliseconds: queued.version)
        if (0..<Self.largestStep).contains(moment.milliseconds(since: asked)) {
            operation = BulkOperation(request, by: caller, at: moment)
        }
        operation.id = id
        do {
            (operation.total, operation.isTotalAtLeast) = try await count(operation, request)
            guard
                try await persistence.records.write(.operation, id, operation.json, over: nil)
                    != nil
            else { throw JobsError.overloaded }
        } catch {
            // If this fails, the runner finds that there is no such operation.
            try? await dequeue(id)
            throw error
        }
        operationNews.changed()
        return operation
    }

    /// Returns operations, the newest first.
    public func operations(
        _ query: OperationQuery = OperationQuery(),
        where isVisible: @Sendable (BulkOperation) -> Bool = { _ in true }
    ) async throws -> [BulkOperation] {
        let limit = min(max(query.max, 0), OperationQuery.maximumCount)
        var found: [BulkOperation] = []
        var range = RecordRange(after: query.after, limit: Self.pageSize, isDescending: true)
        while found.count < limit {
            try Task.checkCancellation()
            let page = try await persistence.records.records(of: .operation, range)
            found += page.compactMap { BulkOperation($0.value, id: $0.key) }
                .filter { (query.state == nil || query.state == $0.state) && isVisible($0) }
            guard page.count == Self.pageSize else { break }
            range.after = page.last?.key
        }
        return Array(found.prefix(limit))
    }

    /// Returns an operation, or `nil` if there is none with this id that is visible.
    public func operation(
        _ id: String, where isVisible: @Sendable (BulkOperation) -> Bool = { _ in true }
    ) async throws -> BulkOperation? {
        guard !id.isEmpty, let record = try await persistence.records.record(.operation, id)
        else { return nil }
        return BulkOperation(record.value, id: id).flatMap { isVisible($0) ? $0 : nil }
    }

    /// Cancels an operation, which ends with the batch that is under way. Jobs that were treated
    /// stay as they are.
    ///
    /// - Parameter caller: The name of the caller; `nil` if it is not known.
    /// - Returns: The operation, unchanged if it has ended before; `nil` if there is none that is
    ///   visible.
    public func cancelOperation(
        _ id: String, by caller: String? = nil,
        where isVisible: @Sendable (BulkOperation) -> Bool = { _ in true }
    ) async throws -> BulkOperation? {
        guard !id.isEmpty else { return nil }
        let now = try await now()
        let record = try await persistence.records.update(.operation, id) { value in
            guard var operation = value.flatMap({ BulkOperation($0, id: id) }),
                isVisible(operation), !operation.isEnded
            else { return nil }
            operation.state = .cancelled
            operation.ended = now
            operation.cancelledBy = caller
            return operation.json
        }
        operationNews.changed()
        if let record { return BulkOperation(record.value, id: id) }
        return try await operation(id, where: isVisible)
    }

    /// How far the time of the server may be ahead of what this process knows, in milliseconds.
    private static let largestStep: Int64 = 5000
    private static let pageSize = 200

    private func enqueue(_ entry: OpenOperations.Entry) async throws -> Record {
        let record = try await persistence.records.update(.work, OpenOperations.key) { value in
            var queue = OpenOperations(value)
            // There is nothing wrong with the request, so the caller may try again later.
            guard queue.entries.count < BulkOperation.maximumOpen else {
                throw JobsError.overloaded
            }
            queue.entries.append(entry)
            return queue.json
        }
        guard let record else { throw JobsError.overloaded }
        return record
    }

    /// Removes an ended operation from the record of open operations.
    func dequeue(_ id: String) async throws {
        _ = try await persistence.records.update(.work, OpenOperations.key) { value in
            var queue = OpenOperations(value)
            guard queue.entries.contains(where: { $0.id == id }) else { return nil }
            queue.entries.removeAll { $0.id == id }
            return queue.json
        }
    }

    /// Counts the jobs of an operation.
    private func count(_ operation: BulkOperation, _ request: OperationRequest) async throws
        -> (total: Int, isAtLeast: Bool)
    {
        guard var filter = operation.candidates(maxRetries: options.maxRetries) else {
            return (0, false)
        }
        filter.untouchedSince = nil
        // The jobs that exist now are not younger than now.
        if request.before == nil { filter.created.to = request.filter.created.to }
        var paging = Paging(take: -1, wantsTotal: true)
        paging.totalLimit = BulkOperation.exactCount + 1
        do {
            let total = try await persistence.list(filter, paging).total ?? 0
            return (min(total, BulkOperation.exactCount), total > BulkOperation.exactCount)
        } catch JobsError.timedOut {
            return (0, true)
        }
    }
}

extension OperationRequest {
    /// - Throws: `JobsError.refused` that names the field that cannot be used.
    package func check() throws(JobsError) {
        guard filter != JobFilter() else {
            throw .refused(reason: "filter must have a condition")
        }
        try filter.checkLimits()
        guard 0...BulkOperation.maximumStartDelay ~= startDelay else {
            throw .refused(
                reason: "start_delay must be in 0 to \(BulkOperation.maximumStartDelay)")
        }
        try JobsError.check("reason", reason, characters: BulkOperation.maximumReasonLength)
    }
}

extension BulkOperation {
    fileprivate init(_ request: OperationRequest, by caller: String?, at now: Timestamp) {
        self.init(request.action, request.filter, at: now)
        before = request.before.map { min($0, now) } ?? now
        startedBy = caller
        reason = request.reason
        startDelay = request.startDelay
        if startDelay > 0 { begins = now.advanced(by: startDelay) }
        guard action == .replay else { return }
        delay = request.replay.delay
        ttl = request.replay.ttl
    }
}
