import BSON
import Mongo

@testable import JobsMongo

/// The work of the server for one command of a store.
struct ProfiledCommand: CustomStringConvertible {
    private let entry: BSONDocument

    fileprivate init(_ entry: BSONDocument) {
        self.entry = entry
    }

    /// The plan of the server, such as `IXSCAN { _id: 1 }`.
    var plan: String { entry["planSummary"]?.string ?? "" }
    var keysExamined: Int { number("keysExamined") }
    var documentsExamined: Int { number("docsExamined") }
    var hasSorted: Bool { entry["hasSortStage"]?.bool ?? false }

    /// The number of documents found, changed or removed.
    var results: Int { max(number("nreturned"), number("nMatched"), number("ndeleted")) }

    var isFindAndModify: Bool { entry["command"]?.document?["findAndModify"] != nil }

    var isRemoval: Bool { entry["op"]?.string == "remove" }

    private func number(_ key: String) -> Int { Int(entry[key]?.integer ?? 0) }

    var description: String {
        "\(entry["op"]?.string ?? "") \(plan): \(keysExamined) keys, \(documentsExamined) documents"
            + " examined, \(results) results\(hasSorted ? ", sorted" : "")"
    }
}

extension TestCollection {
    /// Runs `body` and returns the commands of the server on this collection in the meantime.
    ///
    /// The profiler of the server measures each command as it was sent. It profiles the whole
    /// database, so the collection has to be in a separate one.
    func profiled(_ body: () async throws -> Void) async throws -> [ProfiledCommand] {
        try await run(["profile": 0], as: .plain)
        _ = try? await run(["drop": "system.profile"], as: .write)  // there may be none
        try await run(["profile": 2], as: .plain)
        try await body()
        try await run(["profile": 0], as: .plain)
        let profile = TestCollection(client: client, database: database, name: "system.profile")
        return try await profile.documents(["ns": .string("\(database).\(name)")])
            .map(ProfiledCommand.init)
    }
}
