import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Testing

@testable import JobsEngine

/// The records of operations.
extension OperationRunnerTests {
    @Test("only so many operations may be open, and what cannot be used is refused")
    func limits() async throws {
        for _ in 0..<BulkOperation.maximumOpen { _ = try await start(.cancel, delay: 1000) }
        await #expect(throws: JobsError.self) { try await start(.cancel) }
        #expect(try await controller.operations(OperationQuery(max: 1000)).count == 100)
        let refused = [
            OperationRequest(.cancel, JobFilter()),
            OperationRequest(.cancel, filter(), startDelay: -1),
            OperationRequest(.cancel, filter(), startDelay: 3_600_001),
            OperationRequest(.cancel, filter(), reason: String(repeating: "x", count: 201)),
        ]
        for request in refused {
            await #expect(throws: JobsError.self) { try await controller.start(request) }
        }
    }

    @Test("operations are found by state, in pages")
    func pages() async throws {
        var ids: [String] = []
        for _ in 0..<5 { ids.append(try await start(.cancel)) }
        _ = try await controller.cancelOperation(ids[1])
        func found(_ query: OperationQuery) async throws -> [String] {
            try await controller.operations(query).compactMap(\.id)
        }
        #expect(try await found(OperationQuery()) == ids.reversed())
        #expect(try await found(OperationQuery(state: .cancelled)) == [ids[1]])
        #expect(try await found(OperationQuery(max: 2, after: ids[3])) == [ids[2], ids[1]])
        let first = ids[0]
        #expect(try await controller.operations { $0.id == first }.map(\.id) == [first])
        #expect(try await controller.operation(ids[0]) { _ in false } == nil)
        #expect(try await controller.cancelOperation(ids[0]) { _ in false } == nil)
        #expect(try await operation(ids[0]).state == .waiting)
    }

    @Test(
        "a record that this version does not understand is left alone, and others go on",
        arguments: [
            "{}", #"{"id":"?"}"#, #"{"filter":{"type":"mail","colour":"red"}}"#,
            #"{"filter":7}"#, #"{"action":"explode"}"#, #"{"before":"soon"}"#,
        ])
    func unreadable(change: String) async throws {
        try await add(4)
        let bad = try await start(.delete)
        try await overwrite(bad, change)
        let good = try await start(.cancel)
        let instance = instance()

        for _ in 0..<6 { try await instance.round() }

        #expect(try await operation(good).state == .done)
        #expect(try await count(.cancelled) == 4)
        #expect(try await controller.operation(bad) == nil)
        #expect(try await controller.operations().map(\.id) == [good])
    }

    /// Changes members of the record of an operation; without any, it becomes empty.
    private func overwrite(_ id: String, _ change: String) async throws {
        let record = try #require(
            try await controller.persistence.records.record(.operation, id))
        var members = try #require(record.value.value(recordedDepth: 1)).members
            .map { ($0.name, $0.value.text.description) }
        let changes = try #require(try JSONText(change).value(recordedDepth: 1)).members
        for (name, value) in changes {
            members.removeAll { $0.0 == name }
            members.append((name, value.text.description))
        }
        if changes.isEmpty { members = [] }
        let text = "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
        _ = try await controller.persistence.records.write(
            .operation, id, try JSONText(text), over: record.version)
    }

    @Test(
        "numbers of a record at the ends of their range are carried on with",
        arguments: [Int.max, Int.min], [Int.max, Int.min])
    func extremes(number: Int, size: Int) async throws {
        try await add(4)
        let id = try await start(.cancel)
        try await overwrite(
            id,
            """
            {"step":\(number),"done":\(number),"skipped":\(number),"errors":\(number),
            "total":\(number),"batch":{"count":\(size)}}
            """)
        let instance = instance()

        for _ in 0..<6 { try await instance.round() }

        #expect(try await operation(id).state == .done)
        #expect(try await count(.cancelled) == 4)
    }

    @Test("outdated records are removed in slices, but not of operations that are open")
    func clearing() async throws {
        let records = controller.persistence.records
        let id = try await start(.cancel, delay: 3_600_000)
        for _ in 0..<3 { _ = try await start(.cancel, filter("none")) }
        let instance = instance()
        for _ in 0..<8 { try await instance.round() }
        for _ in 0..<5 { try await controller.record(AuditEntry(command: "c", outcome: "done")) }
        let before = try await records.count(of: .audit)
        #expect(before == 8)
        clock.advance(by: 8 * 86_400_000)
        try await controller.record(AuditEntry(command: "new", outcome: "done"))
        await instance.clear()
        #expect(try await controller.operations().map(\.id) == [id])
        #expect(try await records.count(of: .audit) == 9)

        clock.advance(by: 23 * 86_400_000)
        await instance.clear()
        #expect(try await controller.audit().map(\.command) == ["new"])
    }
}
