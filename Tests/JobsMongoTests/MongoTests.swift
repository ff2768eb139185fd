import JobsMongo
import Testing

/// All tests that need a MongoDB, one after the other: leases of less than a second are to be kept
/// in the server's own time, so nothing else may keep it busy meanwhile.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum MongoTests {}

/// Gives the tests of a suite one collection between them, which ``TestCollection/shared`` is.
///
/// Making a collection with all its indexes takes longer than most tests, so each test empties it
/// instead. The collection is dropped behind the last of them.
struct SharedCollection: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestCollection.with { collection in
            try await collection.store().prepare()
            try await TestCollection.$current.withValue(collection) { try await function() }
        }
    }
}

extension Trait where Self == SharedCollection {
    static var sharedCollection: SharedCollection { SharedCollection() }
}
