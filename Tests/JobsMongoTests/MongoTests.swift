import JobsMongo
import Testing

/// All tests that need a MongoDB. They run one after the other: leases of less than a second are
/// measured by the server, so other tests must not slow it down.
@Suite(.serialized, .timeLimit(.minutes(3)))
enum MongoTests {}

/// Gives the tests of a suite a common collection, ``TestCollection/shared``.
///
/// Creating a collection with all its indexes takes longer than most tests, so each test empties it
/// instead. The collection is dropped after the last test.
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
