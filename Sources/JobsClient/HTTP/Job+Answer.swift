extension Job {
    /// Reads a job of an answer. A missing key counts as null, since the original services omit
    /// some.
    /// - Throws: ``JobsClientError``
    init(_ json: JSONValue) throws {
        do {
            try self.init(json, Self.reading)
        } catch {
            throw JobsClientError.notUnderstood(
                error.name == "id" ? "job" : "date as \(error.name)")
        }
    }

    private static let reading = JobReading(needed: ["id", "created"], isStrict: false)
}

extension ClaimedJob {
    /// Reads a job of an answer to a claim, with the token of its lease.
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
}
