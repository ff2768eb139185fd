import Jobs
import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Groups of errors that calls share")
struct SharedErrorsTests {
    private struct Failure: Error {}

    @Test("groups whose reading takes long serve further calls for a while, by their queries")
    func kept() async throws {
        let read = Mutex([ErrorQuery]())
        let errors = SharedErrors { query in
            read.withLock { $0.append(query) }
            try await Task.sleep(for: .milliseconds(500))
            return ErrorGroups()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await errors.groups(ErrorQuery()) } }
            try await group.waitForAll()
        }
        _ = try await errors.groups(ErrorQuery())

        #expect(read.withLock { $0.count } == 1)
        // The same letter, once composed and once not.
        for type in ["mail", "\u{e9}", "e\u{301}"] {
            _ = try await errors.groups(ErrorQuery(type: type))
        }
        #expect(read.withLock { $0.count } == 4)
    }

    @Test("a call gets groups that were read after it came, unless reading takes long")
    func fresh() async throws {
        let number = Mutex(0)
        let errors = SharedErrors(shortReading: .seconds(1000)) { _ in
            let read = number.withLock { number in
                number += 1
                return number
            }
            try await Task.sleep(for: .milliseconds(50))
            return ErrorGroups(groups: [], isTruncated: read > 1)
        }
        async let first = errors.groups(ErrorQuery())
        try await eventually { number.withLock { $0 } == 1 }
        async let second = errors.groups(ErrorQuery())

        #expect(try await !first.value.isTruncated)
        #expect(try await second.value.isTruncated)
        #expect(try await errors.groups(ErrorQuery()).value.isTruncated)
        #expect(number.withLock { $0 } == 3)
    }

    @Test("a failure is that of the calls that waited, and is not kept")
    func failure() async throws {
        let isAway = Mutex(true)
        let errors = SharedErrors(shortReading: .zero) { _ in
            if isAway.withLock({ $0 }) { throw Failure() }
            return ErrorGroups()
        }
        await #expect(throws: Failure.self) { try await errors.groups(ErrorQuery()) }
        isAway.withLock { $0 = false }

        #expect(try await errors.groups(ErrorQuery()).value.groups.isEmpty)
    }
}
