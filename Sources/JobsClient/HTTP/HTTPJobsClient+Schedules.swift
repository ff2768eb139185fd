import NIOCore

extension HTTPJobsClient {
    public func set(_ schedule: Schedule) async throws -> Schedule {
        let body = JSONWriter.arguments { Schedule.members(of: schedule, in: &$0) }
        let answer = try await sendNew(
            .init(operation: "set_schedule", body: body, mayBeRepeated: true))
        guard let set = try answer.map({ try Schedule(answered: $0) }) else {
            throw JobsClientError.notUnderstood("schedule")
        }
        return set
    }

    public func schedules(_ paging: Paging) async throws -> SchedulePage {
        let body = JSONWriter.arguments { json in
            json.key("paging")
            json.paging(paging)
        }
        return try await page(body)
    }

    /// Returns a schedule, or `nil` if there is none with this id.
    public func schedule(_ id: String) async throws -> Schedule? {
        try await page(Self.id(id)).schedules.first
    }

    public func deleteSchedule(_ id: String) async throws -> Schedule? {
        try await sendNew(.init(operation: "delete_schedule", body: Self.id(id)))
            .map { try Schedule(answered: $0) }
    }

    public func runSchedule(_ id: String) async throws -> Job? {
        try await sendNew(.init(operation: "run_schedule", body: Self.id(id)))
            .map { try Job($0) }
    }

    private func page(_ body: ByteBuffer) async throws -> SchedulePage {
        let answer = try await sendNew(
            .init(operation: "get_schedules", body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        return SchedulePage(
            schedules: try answer.items.map { try Schedule(answered: $0) },
            total: answer["total"]?.integer.map { Int($0) })
    }

    private static func id(_ id: String) -> ByteBuffer {
        JSONWriter.arguments { json in
            json.key("id")
            json.string(id)
        }
    }
}

extension Schedule {
    /// - Throws: ``JobsClientError``
    fileprivate init(answered json: JSONValue) throws {
        guard let schedule = Schedule(answer: json) else {
            throw JobsClientError.notUnderstood("schedule")
        }
        self = schedule
    }
}
