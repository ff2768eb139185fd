import BSON
public import Jobs

/// Changes of several jobs in one call. The results are the same as if the changes were made one
/// after the other, but a change that a later one of the same job overrides is not made.
extension MongoJobsPersistence {
    typealias ChangeResults = [Result<JobDocument?, JobsError>]

    /// The maximum number of concurrent commands of one call.
    private static let mostAtOnce = 8

    /// Changes jobs, with few commands if changes are of the same kind.
    ///
    /// A repeated completion is detected by its time, as is a repeated abort or release of a job
    /// with a pending cancellation. It is counted again if it comes within about a millisecond, or
    /// within a second if the time of the server was not read recently.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        let clock = collection.clock
        let since = clock.now() ?? clock.estimate()?.advanced(by: -1000) ?? .min
        var results: ChangeResults = []
        for run in changes.runs {
            do {
                results += try await make(Array(run))
            } catch let error as JobsError where !results.isEmpty {
                // The results of earlier changes have to reach the caller.
                results += run.map { _ in .failure(error) }
            }
        }
        for (change, result) in zip(changes, results) where change.act.givesBack {
            if case .success(let found?) = result, found.isAvailable, found.job.started == nil {
                noteDue(found.job)
            }
        }
        await noteEnds(changes, results)
        var counted: Set<JobID> = []
        for (change, result) in zip(changes, results) {
            guard case .success(let found?) = result,
                let event = change.act.event(found, since: since),
                found.wasChanged == true || counted.insert(change.id).inserted
            else { continue }
            observer.observe(event)
        }
        return results.map { $0.map { $0?.job } }
    }

    /// Makes changes of one kind.
    private func make(_ changes: [JobChange]) async throws -> ChangeResults {
        guard changes.contains(where: \.act.needsOwnCommand) else {
            return try await changeTogether(changes)
        }
        // If a lease is ended twice, the second change has no effect.
        return try await each(changes).checked
    }

    /// Changes a single job with one command that returns it, or many jobs with one update and a
    /// read.
    ///
    /// The read returns correct results: a completed job does not change, and an extended lease
    /// still belongs to its holder or has been lost in the meantime.
    private func changeTogether(_ changes: [JobChange]) async throws -> ChangeResults {
        let apart = changes.ofJobsWithJSON
        let lasting = changes.lasting(except: apart)
        var alone = apart.union(changes.filter { !$0.canGoTogether }.map(\.id))
        let ids = Set(changes.map(\.id))
        if ids.subtracting(alone).count == 1 { alone = ids }
        let together = lasting.filter { !alone.contains(changes[$0].id) }
        var found: [JobID: JobDocument] = [:]
        do {
            found = try await update(together.map { changes[$0] }, among: changes)
        } catch JobsError.refused {
            // Some of the jobs cause the error. Jobs that were already changed may be changed
            // again.
            alone = ids
        }
        var results = changes.map { $0.result(found[$0.id]) }
        let rest = changes.indices.filter { alone.contains(changes[$0].id) }
        if !rest.isEmpty {
            let isLasting = Set(lasting)
            let made = try await each(
                rest.map { changes[$0] }, isMade: rest.map { isLasting.contains($0) })
            for (place, result) in zip(rest, made) { results[place] = result }
        }
        return try results.checked
    }

    /// - Returns: The jobs after the changes.
    private func update(_ changes: [JobChange], among all: [JobChange]) async throws
        -> [JobID: JobDocument]
    {
        guard !changes.isEmpty else { return [:] }
        struct Group: Hashable {
            let act: Act
            let hasToken: Bool
        }
        let groups = Dictionary(grouping: changes) {
            Group(act: $0.act, hasToken: $0.lockToken != nil)
        }
        // Changes without a token are made first, see `lasting`.
        let ordered = groups.filter { !$0.key.hasToken } + groups.filter { $0.key.hasToken }
        try await collection.updateManyAgain(
            ordered.map { key, group in
                let change = key.act.fields
                var query: [BSONLiteral.Member] = [.init(key: "_id", value: ["$in": .ids(group)])]
                if key.hasToken {
                    query.append(.init(key: "lock_token", value: ["$in": .tokens(group)]))
                }
                let condition = FieldChange.query(change.condition, hasToken: key.hasToken)
                query.append(.init(key: "$expr", value: condition))
                return (.document(query), [change.stage])
            })
        var found: [JobID: JobDocument] = [:]
        for document in try await collection.jobs(
            changes.map(\.id.bson), BulkBudgets(all))
        {
            found[document.job.id] = document
        }
        return found
    }

    /// Makes changes one by one, those of different jobs a few at a time.
    ///
    /// A pipeline that does not apply leaves the document unchanged. If the previous answer shows
    /// that it does not apply, the command is not sent.
    ///
    /// - Parameter isMade: Whether to make each change; `nil` for all. The result of a change that
    ///   is not made is the job after the other changes.
    private func each(_ changes: [JobChange], isMade: [Bool]? = nil) async throws -> ChangeResults {
        let ofJobs = Array(Dictionary(grouping: changes.indices) { changes[$0].id }.values)
        var results = ChangeResults(repeating: .success(nil), count: changes.count)
        try await withThrowingTaskGroup(of: [(Int, ChangeResults.Element)].self) { group in
            var waiting = ofJobs[...]
            for places in waiting.prefix(Self.mostAtOnce) {
                group.addTask { [self] in try await oneByOne(places, changes, isMade) }
            }
            waiting = waiting.dropFirst(Self.mostAtOnce)
            // Results without large fields are kept as they come, so that the memory is bounded.
            var budgets = BulkBudgets(changes)
            for try await made in group {
                for (place, result) in made { results[place] = result.spending(&budgets) }
                guard let places = waiting.popFirst() else { continue }
                group.addTask { [self] in try await oneByOne(places, changes, isMade) }
            }
        }
        return results
    }

    /// Makes changes of one job, in order.
    private func oneByOne(_ places: [Int], _ changes: [JobChange], _ isMade: [Bool]?) async throws
        -> [(Int, ChangeResults.Element)]
    {
        var results: [(Int, ChangeResults.Element)] = []
        var known: JobDocument??
        for place in places where isMade?[place] ?? true {
            let change = changes[place]
            if case .some(let found) = known, found.map({ !change.mayChange($0) }) ?? true {
                results.append((place, change.result(found)))
                continue
            }
            do {
                let found = try await make(change)
                known = found?.returnedAgain
                results.append((place, change.result(found)))
            } catch let error as JobsError {
                results.append((place, .failure(error)))
                // Another attempt would wait as long again.
                guard case .unavailable = error else { continue }
                let told = Set(results.map(\.0))
                return results
                    + places.filter { !told.contains($0) }.map { ($0, .failure(error)) }
            }
        }
        for place in places where !(isMade?[place] ?? true) {
            let change = changes[place]
            results.append((place, known.map { change.result($0) } ?? results[0].1))
        }
        return results
    }
}

extension Result<JobDocument?, JobsError> {
    fileprivate func spending(_ budgets: inout BulkBudgets) -> Self {
        guard case .success(var found?) = self else { return self }
        budgets.spend(on: &found.job)
        return .success(found)
    }
}

extension MongoJobsPersistence.ChangeResults {
    /// The results. If the store was unavailable for all changes, the call as a whole throws.
    var checked: Self {
        get throws {
            guard let first, case .failure(.unavailable) = first,
                allSatisfy({ if case .failure(.unavailable) = $0 { true } else { false } })
            else { return self }
            _ = try first.get()
            return self
        }
    }
}

extension BSONLiteral {
    fileprivate static func ids(_ changes: [JobChange]) -> BSONLiteral {
        .array(changes.map(\.id.bson))
    }

    fileprivate static func tokens(_ changes: [JobChange]) -> BSONLiteral {
        .array(changes.compactMap { $0.lockToken.map { .string($0.description) } })
    }
}
