import Foundation

/// A replica set from `scripts/mongo` that a test may damage.
public struct ReplicaSet: Sendable {
    public let directory: String
    public let uri: String

    public struct Failure: Error {
        public var command: String
        public var status: Int32
    }

    /// Lends a new replica set. It ends with this process, even if that crashes, because it is
    /// stopped when the pipe to its command is closed.
    public static func with(
        nodes: Int, _ body: (ReplicaSet) async throws -> Void
    ) async throws {
        let process = Self.process(
            [
                "with", "\(nodes)", "electionTimeoutMillis=2000", "sh", "-c",
                "echo $MONGO_DIRECTORY $MONGO_SERVICE_URI; cat",
            ])
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let outcome: Result<Void, any Error>
        do {
            let words = await firstLine(of: output).split(separator: " ")
            guard words.count == 2 else { throw Failure(command: "with", status: 0) }
            let set = ReplicaSet(directory: String(words[0]), uri: String(words[1]))
            outcome = .success(try await body(set))
        } catch {
            outcome = .failure(error)
        }
        try input.fileHandleForWriting.close()
        await end(of: process)
        try outcome.get()
    }

    /// Runs a command of `scripts/mongo` on the set, such as `kill primary`.
    @discardableResult
    public func order(_ verb: String, _ arguments: String...) async throws -> String {
        let process = Self.process([verb, directory] + arguments)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        await Self.end(of: process)
        guard process.terminationStatus == 0 else {
            throw Failure(command: verb, status: process.terminationStatus)
        }
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL =
            URL(filePath: #filePath)
            .appending(path: "../../../scripts/mongo").standardized
        process.arguments = arguments
        return process
    }

    private static func firstLine(of output: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var text = Data()
                while !text.contains(UInt8(ascii: "\n")) {
                    let more = output.fileHandleForReading.availableData
                    if more.isEmpty { break }
                    text += more
                }
                continuation.resume(
                    returning: String(decoding: text, as: UTF8.self)
                        .trimmingCharacters(in: .newlines))
            }
        }
    }

    private static func end(of process: Process) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}
