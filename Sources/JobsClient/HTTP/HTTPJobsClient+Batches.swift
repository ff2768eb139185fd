import NIOCore

extension HTTPJobsClient {
    /// The maximum number of items in one request.
    static let mostItems = 1000
    /// The maximum size of the items of one request, in bytes: below the mebibyte of a body, with
    /// room for the envelope.
    private static let mostBytes = 1_000_000

    /// Adds several jobs, in as many requests as necessary.
    ///
    /// A service without the operation on many jobs receives one request for each job, in order.
    ///
    /// - Returns: The added job, or the error, for each of `newJobs`, in order.
    /// - Throws: ``JobsClientError`` if the first request fails; `CancellationError`.
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        try await identified { isIdentified in
            try await batch(
                "add_jobs", key: "new_jobs", isIdentified ? newJobs.map(\.identified) : newJobs,
                mayBeRepeated: { _ in false }, isIdentified: isIdentified,
                write: { $0.newJob($1) }, read: { try Job($0) },
                // One after the other, so that the order of creation is that of the arguments.
                one: { try await self.add($0) }, atATime: 1)
        }
    }

    /// Sends items in as many requests as necessary, or one by one if the service does not know the
    /// operation.
    ///
    /// An error of the first request is thrown, since nothing was done before. An error of a later
    /// request is the result of every item without an answer.
    func batch<Item: Sendable, Value: Sendable>(
        _ operation: String, key: StaticString, _ items: [Item],
        mayBeRepeated: (ArraySlice<Item>) -> Bool,
        isStrict: (ArraySlice<Item>) -> Bool = { _ in true }, isIdentified: Bool = false,
        write: (inout JSONWriter, Item) -> Void,
        read: (JSONValue) throws -> Value, one: @escaping @Sendable (Item) async throws -> Value,
        atATime: Int
    ) async throws -> [Result<Value, JobsClientError>] {
        var results: [Result<Value, JobsClientError>] = []
        while results.count < items.count {
            var end = results.count
            let body = JSONWriter.arguments { json in
                json.key(key)
                json.beginArray()
                while end < items.count, end - results.count < Self.mostItems {
                    var alone = JSONWriter(capacity: 256)
                    write(&alone, items[end])
                    let bytes = Array(alone.buffer.readableBytesView)
                    guard
                        end == results.count
                            || json.buffer.readableBytes + bytes.count <= Self.mostBytes
                    else { break }
                    json.text(JSONText(validated: bytes))
                    end += 1
                }
                json.endArray()
            }
            let chunk = items[results.count..<end]
            do {
                let request = HTTPTransport.Request(
                    operation: operation, body: body, mayBeRepeated: mayBeRepeated(chunk),
                    isIdentified: isIdentified, isStrict: isStrict(chunk))
                guard let answer = try await sendIfKnown(request) else {
                    return results
                        + (try await oneByOne(items[results.count...], one, atATime: atATime))
                }
                let answers = try answer?.items ?? []
                guard answers.count == chunk.count else {
                    throw JobsClientError.notUnderstood("answer for each item")
                }
                results += try answers.map { answer in
                    answer.kind == .null || answer["id"] != nil
                        ? .success(try read(answer)) : .failure(JobsClientError(item: answer))
                }
            } catch let error as JobsClientError where !results.isEmpty {
                results += items[results.count...].map { _ in .failure(error) }
            }
        }
        return results
    }

    /// Sends a request for each item, a few at a time.
    func oneByOne<Item: Sendable, Value: Sendable>(
        _ items: ArraySlice<Item>, _ one: @escaping @Sendable (Item) async throws -> Value,
        atATime: Int
    ) async throws -> [Result<Value, JobsClientError>] {
        try await withThrowingTaskGroup(of: (Int, Result<Value, JobsClientError>).self) { group in
            var rest = items
            func addNext() {
                guard let item = rest.popFirst() else { return }
                let index = rest.startIndex - 1
                group.addTask {
                    do {
                        return (index, .success(try await one(item)))
                    } catch let error as JobsClientError {
                        return (index, .failure(error))
                    }
                }
            }
            for _ in 0..<atATime { addNext() }
            var results: [Int: Result<Value, JobsClientError>] = [:]
            for try await (index, result) in group {
                results[index] = result
                addNext()
            }
            return items.indices.compactMap { results[$0] }
        }
    }
}
