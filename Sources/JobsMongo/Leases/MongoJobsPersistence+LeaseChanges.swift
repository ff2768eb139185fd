import Jobs

/// Changes of leases that are asked for together. The results are those of making one after the other;
/// but what a later one of the same lease undoes is not made at all.
extension MongoJobsPersistence {
    typealias LeaseResults = [Result<JobDocument?, JobsError>]

    /// So many commands of one call are under way at a time.
    private static let mostAtOnce = 8

    /// Changes a single job by one command that answers with it; many by one update, behind which the
    /// jobs are read. (Completed jobs stay as they are; leases that were extended stay their owner's, or
    /// have been lost again, and are then answered so.)
    func change(_ changes: [LeaseChange]) async throws -> LeaseResults {
        let lasting = changes.lasting
        var alone = Set(changes.filter { !$0.canGoTogether }.map(\.lease.id))
        let ids = Set(changes.map(\.lease.id))
        if ids.subtracting(alone).count == 1 { alone = ids }
        let together = lasting.filter { !alone.contains(changes[$0].lease.id) }
        var found: [JobID: JobDocument] = [:]
        do {
            found = try await changeTogether(together.map { changes[$0] })
        } catch JobsError.refused {
            // Because of some of the jobs. What was changed already may be changed once more.
            alone = ids
        }
        var results = changes.map { $0.result(found[$0.lease.id]) }
        let rest = changes.indices.filter { alone.contains(changes[$0].lease.id) }
        if !rest.isEmpty {
            let isLasting = Set(lasting)
            let made = try await each(
                rest.map { changes[$0] }, isMade: rest.map { isLasting.contains($0) })
            for (place, result) in zip(rest, made) { results[place] = result }
        }
        return try results.checked
    }

    /// - Returns: the jobs, as they are afterwards.
    private func changeTogether(_ changes: [LeaseChange]) async throws -> [JobID: JobDocument] {
        guard !changes.isEmpty else { return [:] }
        struct Group: Hashable {
            let timeout: Int64?
            let hasToken: Bool
        }
        let groups = Dictionary(grouping: changes) {
            Group(timeout: $0.timeout, hasToken: $0.lease.lockToken != nil)
        }
        // Those without a token go first, see `lasting`.
        let ordered = groups.filter { !$0.key.hasToken } + groups.filter { $0.key.hasToken }
        try await collection.updateManyAgain(
            ordered.map { key, group in
                var query: [BSONLiteral.Member] = [.init(key: "_id", value: ["$in": .ids(group)])]
                if key.hasToken {
                    query.append(.init(key: "lock_token", value: ["$in": .tokens(group)]))
                    query.append(.init(key: "$expr", value: Pipelines.isLastLease))
                }
                return (.document(query), group[0].pipeline(nil))
            })
        var found: [JobID: JobDocument] = [:]
        for document in try await collection.find(
            ["_id": ["$in": .ids(changes)]] as BSONLiteral, limit: changes.count)
        {
            let document = JobDocument(document)
            found[document.job.id] = document
        }
        return found
    }

    /// Makes changes one by one, those of different jobs a few at a time. The pipeline leaves the document
    /// as it is where it does not apply; where that is plain from the answer before, it is not sent.
    /// - Parameter isMade: whether each is to be made; the others are answered by what the job is like
    ///   afterwards. `nil`: all.
    func each(_ changes: [LeaseChange], isMade: [Bool]? = nil) async throws -> LeaseResults {
        let ofJobs = Array(Dictionary(grouping: changes.indices) { changes[$0].lease.id }.values)
        var results = LeaseResults(repeating: .success(nil), count: changes.count)
        try await withThrowingTaskGroup(of: [(Int, LeaseResults.Element)].self) { group in
            var waiting = ofJobs[...]
            for places in waiting.prefix(Self.mostAtOnce) {
                group.addTask { [self] in try await oneByOne(places, changes, isMade) }
            }
            waiting = waiting.dropFirst(Self.mostAtOnce)
            for try await made in group {
                for (place, result) in made { results[place] = result }
                guard let places = waiting.popFirst() else { continue }
                group.addTask { [self] in try await oneByOne(places, changes, isMade) }
            }
        }
        return results
    }

    /// Makes changes of one job, in order.
    private func oneByOne(_ places: [Int], _ changes: [LeaseChange], _ isMade: [Bool]?) async throws
        -> [(Int, LeaseResults.Element)]
    {
        var results: [(Int, LeaseResults.Element)] = []
        var known: JobDocument??
        for place in places where isMade?[place] ?? true {
            let change = changes[place]
            if case .some(let found) = known, found.map({ !change.mayChange($0) }) ?? true {
                results.append((place, change.result(found)))
                continue
            }
            do {
                let found = try await collection.findAndModify(
                    ["_id": change.lease.id.bson], update: change.pipeline(change.lease.lockToken))
                known = found
                results.append((place, change.result(found)))
            } catch let error as JobsError {
                results.append((place, .failure(error)))
                // It would be waited for as long once more.
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

extension MongoJobsPersistence.LeaseResults {
    /// The results; a store that is away for all of them is an error of the call as a whole.
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
    fileprivate static func ids(_ changes: [LeaseChange]) -> BSONLiteral {
        .array(changes.map(\.lease.id.bson))
    }

    fileprivate static func tokens(_ changes: [LeaseChange]) -> BSONLiteral {
        .array(changes.compactMap { $0.lease.lockToken.map { .string($0.description) } })
    }
}
