import JSON
import Jobs
import JobsEngine

/// An operation on one thing, a job that is there or one to add, which can be asked for alone or for many
/// in one request: alone it is a batch of one.
///
/// In a batch each item has a result of its own, in the order of the items. An item that breaks its
/// declaration is answered with the error that it would get alone, and does not touch its neighbours.
/// Only what is wrong with the request as a whole fails it as a whole.
struct ItemOperation: Sendable {
    let scope: AccessScope
    let reach: Reach
    /// Of an item.
    let arguments: [Argument]
    /// Of an item.
    let answers: [Command.Shape]
    /// Carries out items together, and answers each.
    let work: @Sendable ([Arguments], JobsController) async throws -> [ItemResult]

    typealias ItemResult = Result<Command.Item, any Error>

    /// The operation on one item.
    /// - Parameter key: the argument that holds the item's members; `nil`: they are the arguments.
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
    /// - Parameter key: the argument that holds the items.
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

    /// Carries out the items that keep to their declaration, and answers the others with what is wrong.
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

    /// Carries out what the caller may do.
    private func perform(_ items: [Arguments], _ caller: CallContext) async throws -> [ItemResult] {
        guard caller.types != nil else { return try await work(items, caller.jobs) }
        let verdicts = try await reach.verdicts(on: items, caller)
        let allowed = zip(items, verdicts).filter { $0.1 == nil }.map(\.0)
        return try await verdicts.filled { try await work(allowed, caller.jobs) }
    }
}

extension Command {
    /// What an item comes to.
    enum Item: Sendable {
        case nothing
        case job(Job, JobState? = nil)
        case started(StartedJob)

        static func optional(_ job: Job?) -> Item { job.map { .job($0) } ?? .nothing }
    }
}
