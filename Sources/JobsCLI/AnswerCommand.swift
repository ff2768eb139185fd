import ArgumentParser
import JobsClient

/// A subcommand that prints one thing, if there is one.
protocol AnswerCommand: ClientCommand {
    associatedtype Answer: Shown

    /// - Returns: `nil` if there is no such thing.
    func answer(of client: any JobsClient) async throws -> Answer?
}

/// What a subcommand prints.
protocol Shown {
    /// What people call it.
    static var noun: String { get }

    func show(in output: JobOutput)
}

extension AnswerCommand {
    static var nothing: String { "There is no such \(Answer.noun)" }

    func run(_ client: any JobsClient) async throws {
        guard let answer = try await answer(of: client) else { throw ExitCode.nothing }
        answer.show(in: JobOutput(service))
    }
}

extension Job: Shown {
    static var noun: String { "job" }

    func show(in output: JobOutput) { output.show(self) }
}

extension Schedule: Shown {
    static var noun: String { "schedule" }

    func show(in output: JobOutput) { output.show(self) }
}

extension BulkOperation: Shown {
    static var noun: String { "operation" }

    func show(in output: JobOutput) { output.show(self) }
}
