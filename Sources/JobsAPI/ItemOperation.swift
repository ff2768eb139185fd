import JSON
package import Jobs
import JobsEngine

/// An operation on one job, which a request can apply to one item or to a batch. A single operation
/// is a batch of one item.
///
/// Each item of a batch has its own result, in the order of the items. An invalid item gets the
/// error that it would get alone and does not affect the others. Only an error of the request as a
/// whole fails the whole batch.
struct ItemOperation: Sendable {
    let scope: AccessScope
    let reach: Reach
    /// The arguments of an item.
    let arguments: [Argument]
    /// The possible answers for an item.
    let answers: [Command.Shape]
    /// Carries out a batch and returns the result of each item.
    let work: @Sendable ([Arguments], CallContext) async throws -> [ItemResult]

    typealias ItemResult = Result<Command.Item, any Error>

    /// The operation on one item.
    /// - Parameter key: The argument that holds the item; `nil` if the arguments themselves are the
    ///   item.
    func single(_ name: String, _ summary: String, in key: String? = nil) -> Command {
        Command(
            name: name, summary: summary, scope: scope,
            arguments: key.map { [.required($0, .object(arguments))] } ?? arguments,
            answers: answers, reach: nil, isAboutOneJob: true
        ) { request in
            let item = key.map { request.object($0) } ?? request
            return { caller in
                switch try await perform([item], caller)[0].get() {
                case .nothing: .nothing
                case .job(let job, let state): .job(job, state)
                case .started(let started): .started(started)
                }
            }
        }
    }

    /// The operation on many items.
    /// - Parameter key: The argument that holds the items.
    func many(_ name: String, _ summary: String, in key: String) -> Command {
        var shapes: [Command.Shape] = [.job, .failure]
        if answers.contains(where: { if case .nothing = $0 { true } else { false } }) {
            shapes.append(.nothing)
        }
        return Command(
            name: name, summary: summary, scope: scope,
            arguments: [.required(key, .array(arguments))], answers: [.items(shapes)], reach: nil,
            isBatch: true
        ) { request in
            { caller in .items(try await performSound(request.items(key), caller)) }
        }
    }

    /// Carries out the valid items, and returns the violations of the others.
    private func performSound(_ items: [(path: String, value: JSONValue)], _ caller: CallContext)
        async throws -> [ItemResult]
    {
        var sound: [Arguments] = []
        let mistakes = items.map { item -> ItemResult? in
            do {
                sound.append(try Arguments(item.value, arguments, path: item.path))
                return nil
            } catch {
                return .failure(error)
            }
        }
        return try await mistakes.filled { try await perform(sound, caller) }
    }

    /// Carries out the items that the caller is allowed to use.
    private func perform(_ items: [Arguments], _ caller: CallContext) async throws -> [ItemResult] {
        guard caller.types != nil else { return try await work(items, caller) }
        let verdicts = try await reach.verdicts(on: items, caller)
        let allowed = zip(items, verdicts).filter { $0.1 == nil }.map(\.0)
        return try await verdicts.filled { try await work(allowed, caller) }
    }
}

extension Command {
    /// The result of an item.
    package enum Item: Sendable {
        case nothing
        case job(Job, JobState? = nil)
        case started(StartedJob)

        static func optional(_ job: Job?) -> Item { job.map { .job($0) } ?? .nothing }
    }
}
