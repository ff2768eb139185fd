import Jobs

/// The waiting claims of one type, first come, first served, and the number of announced jobs.
///
/// This is a plain value that decides what to look for and which claim gets a job. ``WaitingLine``
/// looks in the store. Announced jobs are counted, and each is looked for once, for the first
/// claims. So many waiting claims cost no more than few. If jobs are announced without their
/// number, the looks continue until one returns fewer jobs than it asked for.
struct WaitingClaims<Outcome> {
    /// A kind of claims that can run in one command.
    struct Kind: Equatable {
        var timeout: Int64
        var maxRetries: Int
    }

    struct Claim {
        /// The number of the claim in the order of arrival.
        let ticket: Int
        let kind: Kind
        /// The maximum number of jobs that the claim takes.
        let limit: Int
        /// The name of the worker that the jobs are for; `nil` for none.
        let worker: String?
        /// The request id of the claim. Claims with the same one share their jobs.
        let request: ExactText?
        /// When the wait ends; `nil` if only its caller ends it.
        let deadline: ContinuousClock.Instant?
        let outcome: Outcome
        /// Whether the wait has ended, so that the claim leaves after the look that is running for
        /// it.
        fileprivate(set) var isOver = false

        /// - Parameter limit: The maximum number of jobs, clamped to ``maximumLimit``, that of one
        ///   look.
        init(
            ticket: Int, kind: Kind, limit: Int, worker: String? = nil, request: ExactText? = nil,
            deadline: ContinuousClock.Instant? = nil, outcome: Outcome
        ) {
            self.ticket = ticket
            self.kind = kind
            self.limit = min(max(limit, 0), maximumLimit)
            self.worker = worker
            self.request = request
            self.deadline = deadline
            self.outcome = outcome
        }

        /// The callers of the first jobs of the claim.
        fileprivate func callers(_ count: Int) -> [ClaimCaller] {
            guard let request else {
                return Array(repeating: ClaimCaller(worker: worker), count: count)
            }
            return (0..<count).map {
                ClaimCaller(worker: worker, request: ClaimRequest(request, slot: $0))
            }
        }
    }

    /// A look in the store: jobs to claim for the first claims in the line.
    struct Look: Equatable {
        let kind: Kind
        /// The callers of the jobs, one for each job.
        let callers: [ClaimCaller]
        /// The requests of the callers.
        let requests: Set<ExactText>
        var limit: Int { callers.count }
        /// The number of announced jobs that this look covers.
        fileprivate let announced: Int
        /// Whether it looks for jobs beyond those that were announced.
        let isUnsure: Bool
        fileprivate let news: Int
    }

    /// The waiting claims, in the order of their arrival.
    private(set) var claims: [Claim] = []
    /// The sum of the limits of all waiting claims.
    private var wanted = 0
    /// Whether a look is running. It may leave jobs in the store beyond its limit.
    private var isLooking: Bool { looking != nil }
    /// The requests of the look that is running; `nil` if none is.
    private var looking: Set<ExactText>?
    /// The number of announcements. A claim that finds no job compares it when it parks, to detect
    /// an announcement in the meantime.
    private(set) var news = 0
    /// The number of announced jobs that were not looked for yet.
    private(set) var announced = 0
    /// Whether there may be jobs beyond the announced number.
    private var isUnsure = false
    /// The number of jobs to ask for if there may be more than were announced.
    private var reach = 1
    /// Claims with at most this limit of attempts have found no job since the last announcement.
    private var passedOver: Int?

    /// The maximum number of jobs of one look.
    static var maximumLimit: Int { 1000 }

    /// Whether a new claim can skip its own look.
    ///
    /// That is so if a claim that takes the same jobs has looked and no job was announced since. It
    /// is false during a look, which takes no more than its limit.
    func isEmpty(for kind: Kind) -> Bool {
        announced == 0 && !isUnsure && !isLooking
            && claims.contains { $0.kind.maxRetries >= kind.maxRetries }
    }

    /// Adds a claim to the line.
    ///
    /// - Parameter news: The value of ``news`` from before the claim looked and found no job.
    mutating func park(_ claim: Claim, since news: Int) {
        // Usually at the end, unless an earlier claim has looked for longer.
        let index = (claims.lastIndex { $0.ticket < claim.ticket } ?? -1) + 1
        claims.insert(claim, at: index)
        wanted += claim.limit
        if news != self.news { announceSomething() }
    }

    /// Removes a claim from the line.
    ///
    /// - Returns: The claim; `nil` if it has already received its jobs.
    mutating func leave(_ ticket: Int) -> Claim? {
        guard let index = claims.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let claim = claims.remove(at: index)
        wanted -= claim.limit
        return claim
    }

    /// Ends the wait of a claim, at once or after the look that is running for its request: a
    /// caller that has been told that there is no job does not ask again.
    ///
    /// - Returns: The claim; `nil` if it has already received its jobs, or stays until the look
    ///   ends.
    mutating func end(_ ticket: Int) -> Claim? {
        guard let index = claims.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        if let request = claims[index].request, looking?.contains(request) == true {
            claims[index].isOver = true
            return nil
        }
        return leave(ticket)
    }

    /// Ends the waits whose deadlines have come, each as in ``end(_:)``.
    mutating func endDue(at now: ContinuousClock.Instant) -> [Claim] {
        let due = claims.filter { !$0.isOver && $0.deadline.map { $0 <= now } ?? false }
        return due.compactMap { end($0.ticket) }
    }

    /// The first deadline of the claims, apart from those that have come. Takes linear time.
    var nextDeadline: ContinuousClock.Instant? {
        claims.lazy.filter { !$0.isOver }.compactMap(\.deadline).min()
    }

    /// Announces a number of jobs that have become claimable.
    mutating func announce(_ count: Int) {
        guard count > 0 else { return }
        news += 1
        passedOver = nil
        announced += count
        guard announced > wanted else { return }
        // More jobs than the waiting claims can take: the surplus is remembered without its number.
        announced = wanted
        isUnsure = !claims.isEmpty
    }

    /// Announces that there may be claimable jobs, without their number.
    mutating func announceSomething() {
        news += 1
        passedOver = nil
        isUnsure = !claims.isEmpty
    }

    /// Returns what to look for now; `nil` if there is no reason to look.
    mutating func nextLook() -> Look? {
        guard announced > 0 || isUnsure else { return nil }
        let first = claims.firstIndex { claim in
            passedOver.map { claim.kind.maxRetries > $0 } ?? true
        }
        guard let first else {
            (announced, isUnsure, reach, passedOver) = (0, false, 1, nil)
            return nil
        }
        let kind = claims[first].kind
        let hoped = isUnsure ? max(announced, reach, claims[first].limit) : announced
        let most = min(hoped, Self.maximumLimit)
        var callers: [ClaimCaller] = []
        var requests: Set<ExactText> = []
        for claim in claims[first...] where callers.count < most {
            guard claim.kind == kind else { break }
            if let request = claim.request, !requests.insert(request).inserted { continue }
            callers += claim.callers(min(claim.limit, most - callers.count))
        }
        let look = Look(
            kind: kind, callers: callers, requests: requests,
            announced: min(announced, callers.count), isUnsure: isUnsure, news: news)
        announced -= look.announced
        isUnsure = false
        looking = requests
        return look
    }

    /// Assigns the jobs that a look has found.
    ///
    /// - Parameter served: The requests of the look that were served before and have no jobs left.
    ///   Their claims leave the line.
    /// - Returns: The jobs of each claim, and the jobs whose claims have left. The jobs of a
    ///   request stay with it: it may be repeated.
    mutating func finish(
        _ look: Look, _ started: [StartedJob], served: Set<ExactText> = []
    ) -> (dealt: [(claim: Claim, jobs: [StartedJob])], left: [StartedJob]) {
        var jobs = SharedJobs(started)
        var dealt: [(claim: Claim, jobs: [StartedJob])] = []
        looking = nil
        claims.removeAll { claim in
            let own: [StartedJob]
            if let request = claim.request {
                guard look.requests.contains(request) else { return false }
                own = jobs.jobs(of: request)
                guard !own.isEmpty || served.contains(request) || claim.isOver else {
                    return false
                }
            } else {
                guard !jobs.isEmpty, claim.kind == look.kind else { return false }
                own = jobs.take(claim.limit, for: claim.worker)
                guard !own.isEmpty else { return false }
            }
            wanted -= claim.limit
            dealt.append((claim, own))
            return true
        }
        // Jobs that another process took, or that only claims with a higher limit can get, or in
        // whose place a request got the jobs that it had before.
        announced += max(look.announced - started.count { !$0.isRepeated }, 0)
        if look.isShort(started, served) {
            passedOver = look.news == news ? look.kind.maxRetries : nil
            isUnsure = isUnsure || look.isUnsure
            reach = 1
        } else if look.isUnsure {
            isUnsure = true
            reach = min(reach * 2, Self.maximumLimit)
        }
        return (dealt, jobs.left)
    }

    /// Takes back a look that has failed.
    ///
    /// - Returns: The claims whose wait has ended in the meantime.
    @discardableResult
    mutating func fail(_ look: Look) -> [Claim] {
        looking = nil
        announced += look.announced
        isUnsure = true
        passedOver = nil
        return claims.filter(\.isOver).compactMap { leave($0.ticket) }
    }
}

extension WaitingClaims.Look {
    /// Whether the store had no job for one of the callers. A request that was served before takes
    /// none.
    fileprivate func isShort(_ started: [StartedJob], _ served: Set<ExactText>) -> Bool {
        guard !requests.isEmpty else { return started.count < limit }
        let repeated = started.lazy.filter(\.isRepeated).compactMap { $0.job.claimRequest?.id }
        let settled = served.union(repeated)
        let isSettled = { (request: ClaimRequest?) in
            request.map { settled.contains($0.id) } ?? false
        }
        return started.count { !isSettled($0.job.claimRequest) }
            < callers.count { !isSettled($0.request) }
    }
}
