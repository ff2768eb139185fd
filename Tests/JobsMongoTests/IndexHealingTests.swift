import BSON
import Jobs
import JobsTestSupport
import Logging
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Missing indexes")
    struct IndexHealingTests {
        enum Loss: String, CaseIterable {
            case collection, index, hidden
        }

        @Test("are not used as hints, and claims keep their order", arguments: Loss.allCases)
        func fallback(loss: Loss) async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await store.add()
                try await collection.lose(loss)
                let added = try await store.add([
                    NewJob(type: "order", refID: "1"),
                    NewJob(type: "order", refID: "2", priority: 5),
                    NewJob(type: "order", refID: "3"),
                ]).map { try $0.get().id }

                let first = try await store.claim(
                    Claim(type: "order", timeout: 60_000, maxRetries: 10))
                let rest = try await store.claim(
                    Claim(type: "order", timeout: 60_000, maxRetries: 10, limit: 5))

                #expect(first.map(\.job.id) == [added[1]])
                #expect(rest.map(\.job.id) == [added[0], added[2]])
                _ = try await store.nextAvailability(of: "order")
                _ = try await store.census(maxRetries: 10)
                try await store.check()
            }
        }

        @Test("are created again while the service runs", arguments: [Loss.collection, .index])
        func healing(loss: Loss) async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await store.add()
                let keeper = Task { await store.keepIndexes(logger: .quiet) }
                defer { keeper.cancel() }
                try await collection.lose(loss)

                try await store.add()
                #expect(try await store.claim() != nil)

                _ = try await eventually {
                    try await collection.indexNames().isSuperset(of: JobIndexes.all.map(\.name))
                        ? true : nil
                }
            }
        }

        @Test("that were replaced by ones with fewer jobs are not used")
        func narrower() async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await store.add()
                try await collection.lose(.index)
                let narrower: BSONLiteral = [
                    "key": ["type": 1, "priority": -1, "available_at": 1, "_id": 1],
                    "name": "claim", "partialFilterExpression": ["priority": ["$gt": 5]],
                ]
                try await collection.run(
                    ["createIndexes": .string(collection.name), "indexes": [narrower]], as: .write)

                await #expect(throws: MongoIndexError.self) { try await store.prepare() }

                #expect(try await store.claim() != nil)
            }
        }

        @Test("of a dropped collection do not stop the change stream")
        func news() async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await store.add()
                let (heard, told) = AsyncStream.makeStream(of: JobNews.self)
                let (opened, opening) = AsyncStream.makeStream(of: Void.self)
                let follower = Task {
                    while !Task.isCancelled {
                        try? await store.follow(["mail"]) {
                            opening.yield()
                        } onNews: { news in
                            for each in news { told.yield(each) }
                        }
                    }
                }
                defer { follower.cancel() }
                var openings = opened.makeAsyncIterator()
                await openings.next()

                try await collection.lose(.collection)
                await openings.next()
                let id = try await store.add().id

                let first = await heard.first { $0.id == id }
                #expect(first != nil)
            }
        }

        @Test("that are hidden stop the start, with the remedy in the error")
        func hiddenAtStart() async throws {
            try await TestCollection.with { collection in
                try await collection.store().prepare()
                try await collection.lose(.hidden)
                let error = await #expect(throws: MongoIndexError.self) {
                    try await collection.store().prepare()
                }
                #expect(error?.description.contains("unhide") == true)
            }
        }
    }
}

extension TestCollection {
    fileprivate func lose(_ loss: MongoTests.IndexHealingTests.Loss) async throws {
        switch loss {
        case .collection: try await run(["drop": .string(name)], as: .write)
        case .index:
            try await run(["dropIndexes": .string(name), "index": "claim"], as: .write)
        case .hidden:
            try await run(
                ["collMod": .string(name), "index": ["name": "claim", "hidden": true]], as: .write)
        }
    }
}
