import BSON
import Mongo

@testable import JobsMongo

/// What the server did to carry out one command that a store has sent.
struct ProfiledCommand: CustomStringConvertible {
    private let entry: BSONDocument

    fileprivate init(_ entry: BSONDocument) {
        self.entry = entry
    }

    /// How the server looked for documents, such as `IXSCAN { _id: 1 }`.
    var plan: String { entry["planSummary"]?.string ?? "" }
    var keysExamined: Int { number("keysExamined") }
    var documentsExamined: Int { number("docsExamined") }
    var hasSorted: Bool { entry["hasSortStage"]?.bool ?? false }

    /// Documents that came out of it: found, changed or removed.
    var results: Int { max(number("nreturned"), number("nMatched"), number("ndeleted")) }

    var isRemoval: Bool { entry["op"]?.string == "remove" }

    private func number(_ key: String) -> Int { Int(entry[key]?.integer ?? 0) }

    var description: String {
        "\(entry["op"]?.string ?? "") \(plan): \(keysExamined) keys, \(documentsExamined) documents"
            + " examined, \(results) results\(hasSorted ? ", sorted" : "")"
    }
}

extension TestCollection {
    /// Runs `body` and tells what the server did meanwhile for this collection.
    ///
    /// The server's profiler counts what really happened to each command, just as it was sent, and
    /// it does so for the whole database: the collection has to be in one of its own.
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
