import NIOCore

extension HTTPJobsClient {
    public func start(_ request: OperationRequest) async throws -> BulkOperation {
        let body = JSONWriter.arguments { $0.members(of: request) }
        // Not repeated: a repetition would start another operation.
        let answer = try await sendNew(
            .init(operation: "start_operation", body: body, mayBeRepeated: request.isDryRun))
        guard let answer else { throw JobsClientError.notUnderstood("operation") }
        return try BulkOperation(answered: answer)
    }

    public func operations(_ query: OperationQuery) async throws -> [BulkOperation] {
        let body = JSONWriter.arguments { json in
            if let state = query.state { json.member("state", .text(state.rawValue)) }
            json.page(max: query.max, after: query.after)
        }
        let answer = try await sendNew(
            .init(operation: "get_operations", body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        return try answer.items.map { try BulkOperation(answered: $0) }
    }

    /// Returns an operation, or `nil` if there is none with this id.
    public func operation(_ id: String) async throws -> BulkOperation? {
        try await sendNew(
            .init(operation: "get_operation", body: Self.operationID(id), mayBeRepeated: true)
        ).map { try BulkOperation(answered: $0) }
    }

    public func cancelOperation(_ id: String) async throws -> BulkOperation? {
        try await sendNew(
            .init(operation: "cancel_operation", body: Self.operationID(id), mayBeRepeated: true)
        ).map { try BulkOperation(answered: $0) }
    }

    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        let body = JSONWriter.arguments { json in
            if let type = query.type { json.member("type", .text(type)) }
            if let from = query.from { json.member("from", .date(from)) }
            if let to = query.to { json.member("to", .date(to)) }
            json.page(max: query.max, after: query.after)
        }
        let answer = try await sendNew(
            .init(operation: "get_audit", body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        return try answer.items.map { json in
            guard let entry = AuditEntry(answer: json) else {
                throw JobsClientError.notUnderstood("data")
            }
            return entry
        }
    }

    private static func operationID(_ id: String) -> ByteBuffer {
        JSONWriter.arguments { $0.member("operation_id", .text(id)) }
    }
}

extension BulkOperation {
    /// - Throws: ``JobsClientError``
    fileprivate init(answered json: JSONValue) throws {
        guard let operation = BulkOperation(answer: json) else {
            throw JobsClientError.notUnderstood("operation")
        }
        self = operation
    }
}

extension JSONWriter {
    fileprivate mutating func page(max: Int, after: String?) {
        member("max", .integer(Int64(max)))
        if let after { member("after", .text(after)) }
    }

    fileprivate mutating func members(of request: OperationRequest) {
        member("action", .text(request.action.rawValue))
        key("filter")
        filter(request.filter)
        if let before = request.before { member("before", .date(before)) }
        if request.isDryRun { member("dry_run", .boolean(true)) }
        if request.startDelay != 0 { member("start_delay", .integer(request.startDelay)) }
        if let reason = request.reason { member("reason", .text(reason)) }
        guard request.action == .replay else { return }
        if let delay = request.replay.delay { member("delay", .integer(delay)) }
        if let ttl = request.replay.ttl { member("ttl", .integer(ttl)) }
    }
}
