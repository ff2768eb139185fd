extension HTTPJobsClient {
    public func types(_ query: TypeQuery) async throws -> TypePage {
        let answer = try await sendNew(
            .init(
                operation: "get_types", body: JSONWriter.arguments { $0.members(of: query) },
                mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        var page = TypePage(
            types: try answer.items.map { try TypeStatus(answer: $0) },
            total: answer["total"]?.integer.map { Int($0) },
            pause: TypePage.pause(answer["paused"]))
        page.otherRates = answer["other_rates"].flatMap { JobRates(row: $0) }
        page.ratesSince = answer["rates_since"]?.date
        page.asOf = answer["as_of"]?.date
        return page
    }

    public func explain(_ id: JobID) async throws -> JobExplanation? {
        let body = JSONWriter.arguments { $0.jobID(id) }
        return try await sendNew(
            .init(operation: "explain_job", body: body, mayBeRepeated: true)
        ).map { try JobExplanation($0) }
    }

    public func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus {
        try await change("pause_type", type) { json in
            if let reason {
                json.key("reason")
                json.string(reason)
            }
            if let until {
                json.key("until")
                json.date(until)
            }
        }
    }

    public func resume(type: String) async throws -> TypeStatus {
        try await change("resume_type", type) { _ in }
    }

    public func set(type: String, _ change: TypeChange) async throws -> TypeStatus {
        try await self.change("set_type", type) { $0.members(of: change) }
    }

    /// Changes the settings of a type. To do so twice is the same as once.
    private func change(_ operation: String, _ type: String, _ write: (inout JSONWriter) -> Void)
        async throws -> TypeStatus
    {
        let body = JSONWriter.arguments { json in
            json.key("type")
            json.string(type)
            write(&json)
        }
        let answer = try await sendNew(
            .init(operation: operation, body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("type") }
        return try TypeStatus(answer: answer)
    }
}

extension JSONWriter {
    fileprivate mutating func members(of query: TypeQuery) {
        if let type = query.type {
            key("type")
            string(type)
        }
        if query.wantsRates {
            key("rates")
            boolean(true)
        }
        key("paging")
        paging(
            skip: query.skip, take: query.take, wantsTotal: query.wantsTotal, after: query.after,
            isDescending: query.isDescending)
    }

    /// Settings that stay are not sent; settings that are removed are sent as null.
    fileprivate mutating func members(of change: TypeChange) {
        let set = TypeSettings().applying(change)
        let removed = change.removed
        for field in TypeSettings.settableFields {
            if let value = field.value(set) {
                member(field.name, value)
            } else if removed.contains(field.name) {
                key(text: field.name)
                null()
            }
        }
    }
}

extension TypeChange {
    /// The names of the settings that are taken away.
    fileprivate var removed: Set<String> {
        // Settings in which everything is set that the change leaves.
        var full = TypeSettings()
        full.maxRunning = 1
        full.maxRunningPerGroup = 1
        full.maxStarts = StartRate(count: 1, period: 1)
        full.retry = RetryPolicy()
        full.retention = TypeRetention()
        let left = full.applying(self)
        return Set(
            TypeSettings.settableFields.filter { $0.value(left) == nil }.map(\.name))
    }
}

extension TypeStatus {
    /// - Throws: ``JobsClientError``
    fileprivate init(answer: JSONValue) throws {
        guard let status = TypeStatus(row: answer), answer["type"]?.string != nil else {
            throw JobsClientError.notUnderstood("type")
        }
        self = status
    }
}

extension JobExplanation {
    /// - Throws: ``JobsClientError``
    fileprivate init(_ json: JSONValue) throws {
        guard let job = json["job"], let code = json["code"]?.string else {
            throw JobsClientError.notUnderstood("code")
        }
        let details = json["details"].flatMap { $0.kind == .object ? $0.text : nil }
        self.init(
            job: try Job(job), stateName: json["state"]?.string ?? "",
            code: Code(rawValue: code), message: json["message"]?.string ?? "",
            since: json["since"]?.date,
            until: json["until"]?.date,
            details: details ?? JSONText(validated: Array("{}".utf8)))
    }
}
