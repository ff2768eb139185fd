extension Job {
    /// Reads a job as the service shows it. The originals leave a key out at times: then it is null.
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        guard let id = json["id"]?.string else { throw JobsClientError.notUnderstood("job") }
        guard let created = try json.moment("created") else {
            throw JobsClientError.notUnderstood("time at which the job was created")
        }
        self.init(
            id: JobID(id), type: json["type"]?.string ?? "", refID: json["ref_id"]?.string ?? "",
            params: json["params"].flatMap { $0.kind == .null ? nil : $0.text }, created: created,
            started: try json.moment("started"), lockedUntil: try json.moment("locked_until"),
            executeUntil: try json.moment("execute_until"),
            completed: try json.moment("completed"), retries: json.int("retries") ?? 0,
            priority: json.int("priority") ?? 0, delayedUntil: try json.moment("delayed_until"))
    }
}

extension ClaimedJob {
    /// Reads a job as the service hands it out.
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        self.init(
            job: try Job(json), lockToken: json["lock_token"]?.string.map { LockToken($0) })
    }
}

extension JobPage {
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        guard let data = json["data"], data.kind == .array else {
            throw JobsClientError.notUnderstood("data")
        }
        self.init(jobs: try data.elements.map { try Job($0) }, total: json.int("total"))
    }
}

extension DetailedJob {
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        self.init(job: try Job(json), stateName: json["state"]?.string)
    }
}

extension DetailedJobPage {
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        self.init(jobs: try json.items.map { try DetailedJob($0) }, total: json.int("total"))
    }
}

extension JSONValue {
    /// The items of a batch answer.
    var items: [JSONValue] {
        get throws {
            guard let data = self["data"], data.kind == .array else {
                throw JobsClientError.notUnderstood("data")
            }
            return data.elements
        }
    }

    fileprivate func int(_ key: String) -> Int? { self[key]?.integer.map { Int($0) } }

    fileprivate func moment(_ key: String) throws -> Timestamp? {
        guard let text = self[key]?.string else { return nil }
        guard let moment = Timestamp(iso8601: text) else {
            throw JobsClientError.notUnderstood("date as \(key)")
        }
        return moment
    }
}
