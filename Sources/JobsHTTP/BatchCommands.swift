import JSON
import Jobs

/// The operations on many jobs at once: each item has a result of its own, in the order of the items.
///
/// An item that breaks its declaration is answered with the error that it would get alone, and does
/// not touch its neighbours. Only what is wrong with the request as a whole fails it as a whole.
extension Command {
    /// The most items of a request, and the most jobs of an answer.
    static let maximumItems = 1000

    static let batches: [Command] = [
        Command(
            name: "add_jobs", summary: "Adds jobs.",
            scope: .produce,
            arguments: [.required("new_jobs", .array(newJob))],
            answers: [.items([.job, .failure])]
        ) { arguments, jobs in
            try await each(arguments.items("new_jobs"), newJob) { items in
                try await jobs.add(items.map { ($0.path, $0.newJob) }).map { $0.map(Item.job) }
            }
        },
        Command(
            name: "start_jobs_by_type",
            summary: "Starts the next jobs of a type, as many as there are.",
            scope: .work,
            arguments: claim + [.required("max_jobs", .integer(1...Int64(maximumItems)))],
            answers: [.items([.started])],
            prepare: { arguments in
                let claim = start(arguments, limit: Int(arguments.integer("max_jobs")))
                return { jobs in
                    .items(try await claim(jobs).map { .success(.started($0)) })
                }
            }),
        Command(
            name: "extend_jobs", summary: "Makes leases last from now for a time.",
            scope: .work,
            arguments: [.required("jobs", .array(extended))],
            answers: [.items([.job, .failure, .nothing])]
        ) { arguments, jobs in
            try await each(arguments.items("jobs"), extended) { items in
                try await jobs.extend(
                    items.map { LeaseExtension(lease: $0.lease, timeout: $0.timeout) }
                ).map { $0.map(Item.optional) }
            }
        },
        Command(
            name: "abort_jobs", summary: "Gives jobs back unfinished, at once or after a delay.",
            scope: .work,
            arguments: [.required("jobs", .array(aborted))],
            answers: [.items([.job, .failure, .nothing])]
        ) { arguments, jobs in
            try await each(arguments.items("jobs"), aborted) { items in
                try await jobs.abort(
                    items.map { LeaseAbort(lease: $0.lease, delay: $0.delay) }
                ).map { $0.map(Item.optional) }
            }
        },
        Command(
            name: "complete_jobs", summary: "Marks jobs as completed.",
            scope: .work,
            arguments: [.required("jobs", .array(lease))],
            answers: [.items([.job, .failure, .nothing])]
        ) { arguments, jobs in
            try await each(arguments.items("jobs"), lease) { items in
                try await jobs.complete(items.map(\.lease)).map { $0.map(Item.optional) }
            }
        },
    ]

    /// What an item comes to.
    enum Item: Sendable {
        case nothing
        case job(Job)
        case started(StartedJob)

        static func optional(_ job: Job?) -> Item { job.map(Item.job) ?? .nothing }
    }

    /// Carries out the sound items together, and answers the others with what is wrong with them.
    private static func each(
        _ items: [(path: String, value: JSONValue)], _ declaration: [Argument],
        _ work: ([Arguments]) async throws -> [Swift.Result<Item, any Error>]
    ) async throws -> Result {
        var results: [Swift.Result<Item, any Error>] = []
        var sound: [(index: Int, arguments: Arguments)] = []
        for (index, item) in items.enumerated() {
            do {
                sound.append((index, try Arguments(item.value, declaration, path: item.path)))
                results.append(.success(.nothing))
            } catch {
                results.append(.failure(error))
            }
        }
        if !sound.isEmpty {
            for (item, result) in zip(sound, try await work(sound.map(\.arguments))) {
                results[item.index] = result
            }
        }
        return .items(results)
    }
}
