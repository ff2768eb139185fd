import BSON
import Jobs
import Mongo

/// An index that cannot be created as needed, with the remedy for the operator.
struct IndexProblem: CustomStringConvertible, Equatable {
    let index: String
    let description: String
}

extension JobCollection {
    /// Creates the missing indexes.
    ///
    /// A server refuses to create an index that exists under another name, for example one that an
    /// operator created. Such an index is used instead if it contains all documents.
    /// - Returns: The problems of the indexes that do not exist and cannot be created.
    @discardableResult
    func create(_ wanted: [JobIndexes.Index]) async throws -> [IndexProblem] {
        let present = try await presentIndexes()
        var missing: [JobIndexes.Index] = []
        for index in wanted {
            if let found = present.first(where: { $0.isTheSame(as: index) }) {
                indexes.found(index, as: found.name)
            } else {
                missing.append(index)
            }
        }
        guard !missing.isEmpty else { return [] }
        if try await make(missing) == nil, !missing.contains(where: present.hides) {
            for index in missing { indexes.found(index, as: index.name) }
            return []
        }
        var problems: [IndexProblem] = []
        for index in missing {
            guard let problem = try await make(index, present) else { continue }
            // A hint would silently use an index of the same name that contains fewer jobs.
            indexes.reject(index)
            problems.append(problem)
        }
        return problems
    }

    /// - Returns: The problem; `nil` if the index was created or an equivalent one exists.
    private func make(_ index: JobIndexes.Index, _ present: [PresentIndex]) async throws
        -> IndexProblem?
    {
        guard let error = try await make([index]) else {
            if present.hides(index) {
                return problem(index, "it is hidden", "unhide it with collMod")
            }
            indexes.found(index, as: index.name)
            return nil
        }
        if let other = present.first(where: { $0.canReplace(index) }) {
            indexes.found(index, as: other.name)
            return nil
        }
        let remedy =
            switch error.kind {
            case .duplicateKey:
                """
                delete all but one of the jobs with the same \
                \(index.keys.map(\.field).joined(separator: ", "))
                """
            case .notAuthenticated: "grant the account the action createIndex on the collection"
            default:
                if let other = present.first(where: { $0.conflicts(with: index) }) {
                    "drop the index \(other.name), then the service creates the index that it needs"
                } else {
                    "see the log of the database"
                }
            }
        return problem(index, "it cannot be created (\(error.message))", remedy)
    }

    private func problem(_ index: JobIndexes.Index, _ what: String, _ remedy: String)
        -> IndexProblem
    {
        IndexProblem(
            index: index.name,
            description:
                "The index \(index.name) of the collection \(name) cannot be used: \(what); \(remedy)"
        )
    }

    /// - Returns: The error of the server; `nil` on success.
    private func make(_ indexes: [JobIndexes.Index]) async throws -> MongoError? {
        let command = BSONDocument(capacity: 2048) { command in
            command.append("createIndexes", name)
            command.array("indexes") { array in
                for index in indexes { array.append(index.specification) }
            }
        }
        do {
            _ = try await client.run(command, on: database, as: .write)
            return nil
        } catch let error as MongoError {
            switch error.kind {
            case .duplicateKey, .notAuthenticated, .other: return error
            default: throw error.asJobsError
            }
        }
    }

    /// The existing indexes; empty if the collection does not exist.
    private func presentIndexes() async throws -> [PresentIndex] {
        let list = BSONDocument(["listIndexes": .string(name), "cursor": ["batchSize": 1000]])
        do {
            // A collection has at most 64 indexes, so there is one batch.
            return try await client.run(list, on: database, as: .plain).batch
                .map(PresentIndex.init)
        } catch let error as MongoError where error.code == 26 {
            return []
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }
}

/// An existing index of a collection.
private struct PresentIndex {
    let specification: BSONDocument

    var name: String { specification["name"]?.string ?? "" }
    var isHidden: Bool { specification["hidden"]?.bool == true }
    private var isUnique: Bool { specification["unique"]?.bool == true }
    private var keys: [JobIndexes.Key] { JobIndexes.keys(of: specification) }
    private var isSelective: Bool {
        specification["sparse"] != nil || specification["collation"] != nil
    }
    private var filter: BSONDocument? { specification["partialFilterExpression"]?.document }

    /// Whether it contains the same documents in the same order, and can be used.
    func isTheSame(as index: JobIndexes.Index) -> Bool {
        keys == index.keys && isUnique == index.isUnique && !isHidden && !isSelective
            && filter == index.specification["partialFilterExpression"]?.document
    }

    /// Whether it contains at least the same documents, and can be used.
    func canReplace(_ index: JobIndexes.Index) -> Bool {
        keys == index.keys && !index.isUnique && !isUnique && !isHidden && !isSelective
            && filter == nil
    }

    func conflicts(with index: JobIndexes.Index) -> Bool {
        name == index.name || keys == index.keys
    }
}

extension [PresentIndex] {
    fileprivate func hides(_ index: JobIndexes.Index) -> Bool {
        contains { $0.name == index.name && $0.isHidden }
    }
}
