import Mongo

extension JobCollection {
    /// Creates those of the indexes that are not there yet.
    ///
    /// An operator may have made some of them under names of his own, which servers refuse to make
    /// twice; where his hold all documents, they do as well.
    func create(_ indexes: [JobIndexes.Index]) async throws {
        do {
            try await createAll(indexes)
        } catch let error as MongoError where error.code == Self.indexOptionsConflict {
            let others = try await plainKeys()
            try await createAll(indexes.filter { $0.isUnique || !others.contains($0.keys) })
        }
    }

    private static let indexOptionsConflict = 85

    private func createAll(_ indexes: [JobIndexes.Index]) async throws {
        let command = BSONDocument(capacity: 2048) { command in
            command.append("createIndexes", name)
            command.array("indexes") { array in
                for index in indexes { array.append(index.specification) }
            }
        }
        _ = try await run(command, as: .write)
    }

    /// The keys of the indexes that hold every document.
    private func plainKeys() async throws -> [[JobIndexes.Key]] {
        let list = BSONDocument(["listIndexes": .string(name), "cursor": ["batchSize": 1000]])
        // A collection has at most 64 indexes, so there is one batch.
        let reply = try await run(list, as: .plain)["cursor"]?.document?["firstBatch"]?.array
        let indexes = reply?.compactMap(\.document) ?? []
        return indexes.filter { index in
            ["partialFilterExpression", "sparse", "collation"].allSatisfy { index[$0] == nil }
        }.map { JobIndexes.keys(of: $0) }
    }
}
