public import Jobs

extension JobsController {
    /// Returns what is known of the types of jobs: those that have jobs or settings, or were asked
    /// for by a worker within the last hour.
    ///
    /// The numbers of jobs are counted for this call, unless counting takes long: then they may be
    /// up to 30 s old, and the page says it. What other instances of the service see is up to ten
    /// seconds old. A store may count the jobs of its first 1,000 types only; the numbers of
    /// another type are exact if it is asked for alone.
    ///
    /// - Returns: The types that the query selects, in the order of their bytes.
    /// - Throws: `JobsError.refused` if a type is too long; the error of the store.
    public func types(_ query: TypeQuery = TypeQuery()) async throws -> TypePage {
        if let type = query.type { try JobsError.check("type", type, Job.maximumTypeBytes) }
        let call = ContinuousClock.now
        let knowledge = try await knowledge(of: query.type, withActivity: query.wantsRates)
        var page = knowledge.page(query)
        page.asOf = knowledge.counted.age(at: call).map { knowledge.time.advanced(by: -$0) }
        return page
    }

    /// Returns what is known of all types, with their rates, from which pages can be made.
    ///
    /// Its numbers of jobs are new, or as old as those of frequent calls: the pages show them for
    /// long.
    package func knowledgeOfTypes() async throws -> TypeKnowledge {
        try await knowledge(of: nil, withActivity: true, isPatient: true)
    }

    /// Returns what is known of one type, which may be unknown.
    ///
    /// - Throws: `JobsError.refused` if the type is too long; the error of the store.
    public func status(of type: String) async throws -> TypeStatus {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        return try await knowledge(of: type, isPatient: true).status(of: ExactText(type))
    }

    /// - Parameter type: The only type of interest; `nil` for all.
    private func knowledge(
        of type: String?, withActivity: Bool = false, isPatient: Bool = false
    ) async throws -> TypeKnowledge {
        async let counted = census.counted(type, isPatient: isPatient)
        let now = try await persistence.now()
        async let report = persistence.claimReport(at: now, withActivity: withActivity)
        let settings = try await settings().map { (ExactText($0.type), $0.settings) }
        return TypeKnowledge(
            counted: try await counted, time: now, settings: Dictionary(settings) { $1 },
            report: try await report)
    }
}

/// All that the rows of `get_types` are made from.
package struct TypeKnowledge: Sendable {
    let counted: SharedCensus.Counted
    /// The time of the store.
    package let time: Timestamp
    var settings: [ExactText: TypeSettings]
    var report: InstanceReport

    /// When the jobs began to be counted.
    package var countedSince: ContinuousClock.Instant { counted.since }
    private var counts: SharedCensus.Counts { counted.value }

    /// The number of instances of the service that use the store, this one included.
    package var instances: Int { report.instances }

    /// The part of the types that a query selects, with the rates that it asks for.
    package func page(_ query: TypeQuery) -> TypePage {
        var page = TypePage(of: types, query, pause: pauseOfAllTypes) { type in
            var status = status(of: type)
            if query.wantsRates { add(to: &status, type, minutes: query.rateMinutes) }
            return status
        }
        guard query.wantsRates, let activity = report.activity else { return page }
        page.ratesSince = report.activeSince
        if query.types == nil, !activity.others.isEmpty {
            page.otherRates = activity.others.suffix(query.rateMinutes)
        }
        return page
    }

    private func add(to status: inout TypeStatus, _ type: ExactText, minutes: Int) {
        guard type.text != TypePause.allTypes, let seen = report.activity?[type] else { return }
        status.rates = seen.rates.suffix(minutes)
        status.waitTime = seen.waits.times
        status.runTime = seen.runs.times
    }

    var types: Set<ExactText> {
        Set(counts.keys).union(settings.keys).union(report.types.keys)
            .union(report.activity?.types.keys.map(\.self) ?? [])
    }

    var pauseOfAllTypes: TypePause? { settings[ExactText(TypePause.allTypes)]?.pause }

    func status(of type: ExactText) -> TypeStatus {
        var status = TypeStatus(type: type.text)
        let counts = counts[type] ?? JobCounts()
        status.counts = counts
        status.counts.workers = [:]
        status.settings = settings[type] ?? TypeSettings()
        let seen = report.types[type]
        status.waiting = seen?.waiting ?? 0
        status.lastClaim = seen?.lastClaim
        status.workers = workers(seen?.workers ?? [:], counts.workers)
        return status
    }

    private func workers(
        _ seen: [ExactText: Timestamp], _ leases: [ExactText: WorkerLeases]
    ) -> [SeenWorker] {
        let workers = Set(seen.keys).union(leases.keys).compactMap { name -> SeenWorker? in
            let times = [seen[name], leases[name]?.lastStart].compactMap(\.self)
            return times.max().map { last in
                SeenWorker(worker: name.text, lastClaim: last, running: leases[name]?.count ?? 0)
            }
        }
        return Array(
            workers.sorted { left, right in
                left.lastClaim == right.lastClaim
                    ? ExactText(left.worker) < ExactText(right.worker)
                    : left.lastClaim > right.lastClaim
            }.prefix(TypeStatus.maximumWorkers))
    }
}
