extension HTTPJobsClient {
    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        let body = JSONWriter.arguments { json in
            if let type = query.type {
                json.key("type")
                json.string(type)
            }
            if let from = query.from {
                json.key("from")
                json.date(from)
            }
            if let to = query.to {
                json.key("to")
                json.date(to)
            }
        }
        let answer = try await sendNew(
            .init(operation: "get_errors", body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        var groups = ErrorGroups(
            groups: try answer.items.map { ErrorGroup(answer: $0) },
            isTruncated: answer["truncated"]?.boolean ?? false)
        groups.asOf = answer["as_of"]?.date
        return groups
    }
}
