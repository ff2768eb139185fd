import Jobs

/// The claims of one type that wait, first come, first served, and what is known of jobs for them.
///
/// A plain value, which decides what is to be looked for and who gets it. ``WaitingLine`` does the
/// looking. Announced jobs are counted: each is looked for once, by those in front, so that many
/// waiting claims cost no more than few. Where somebody says that there may be something without
/// saying how much, looks go on until one comes back with less than it asked for.
struct WaitingClaims<Outcome> {
    /// What claims must have in common to be carried out by one command.
    struct Kind: Equatable {
        var timeout: Int64
        var maxRetries: Int
    }

    struct Claim {
        /// Rises in the order in which claims came.
        let ticket: Int
        let kind: Kind
        /// The most jobs that it takes.
        let limit: Int
        let outcome: Outcome

        /// - Parameter limit: one look, and so one claim, takes at most ``maximumLimit``.
        init(ticket: Int, kind: Kind, limit: Int, outcome: Outcome) {
            self.ticket = ticket
            self.kind = kind
            self.limit = min(max(limit, 0), maximumLimit)
            self.outcome = outcome
        }
    }

    /// Jobs to be claimed for those in front.
    struct Look: Equatable {
        let kind: Kind
        let limit: Int
        /// How many of the announced jobs this is about.
        fileprivate let announced: Int
        fileprivate let isUnsure: Bool
        fileprivate let news: Int
    }

    /// In the order in which they came.
    private(set) var claims: [Claim] = []
    /// How many jobs all of them want.
    private var wanted = 0
    /// Whether a look is under way, which may leave jobs in the store that it was not told to take.
    private var isLooking = false
    /// How often something was announced: who finds nothing and then parks can tell whether that
    /// is still true.
    private(set) var news = 0
    /// Jobs that were announced with a count and have not been looked for.
    private(set) var announced = 0
    /// Whether there may be jobs that were not counted.
    private var isUnsure = false
    /// How many to ask for in that case.
    private var reach = 1
    /// Claims with at most this limit of starts have found nothing since the last announcement.
    private var passedOver: Int?

    /// The most jobs of one look.
    static var maximumLimit: Int { 1000 }

    /// Whether a new claim need not look itself: others that would take the same jobs have looked, and
    /// nothing was announced since. False during a look, which takes no more than was counted.
    func isEmpty(for kind: Kind) -> Bool {
        announced == 0 && !isUnsure && !isLooking
            && claims.contains { $0.kind.maxRetries >= kind.maxRetries }
    }

    /// - Parameter news: ``news`` when the claim found nothing.
    mutating func park(_ claim: Claim, since news: Int) {
        // Nearly always the last: one that came earlier may have looked for longer.
        let index = (claims.lastIndex { $0.ticket < claim.ticket } ?? -1) + 1
        claims.insert(claim, at: index)
        wanted += claim.limit
        if news != self.news { announceSomething() }
    }

    /// - Returns: the claim; nil if it has its jobs already.
    mutating func leave(_ ticket: Int) -> Claim? {
        guard let index = claims.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let claim = claims.remove(at: index)
        wanted -= claim.limit
        return claim
    }

    /// So many jobs have become claimable.
    mutating func announce(_ count: Int) {
        guard count > 0 else { return }
        news += 1
        passedOver = nil
        announced += count
        guard announced > wanted else { return }
        // There is more than those who wait can take. What is beyond is not counted, but not forgotten.
        announced = wanted
        isUnsure = !claims.isEmpty
    }

    /// There may be claimable jobs.
    mutating func announceSomething() {
        news += 1
        passedOver = nil
        isUnsure = !claims.isEmpty
    }

    /// What to look for now; nil if there is no reason to look.
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
        var limit = 0
        for claim in claims[first...] where limit < most {
            guard claim.kind == kind else { break }
            limit += claim.limit
        }
        limit = min(limit, most)
        let look = Look(
            kind: kind, limit: limit, announced: min(announced, limit), isUnsure: isUnsure,
            news: news)
        announced -= look.announced
        isUnsure = false
        isLooking = true
        return look
    }

    /// Deals out what a look has found.
    /// - Returns: which claim gets which jobs; and the jobs whose claims have left.
    mutating func finish(_ look: Look, _ started: [StartedJob])
        -> (dealt: [(claim: Claim, jobs: [StartedJob])], left: [StartedJob])
    {
        var left = started[...]
        var dealt: [(claim: Claim, jobs: [StartedJob])] = []
        isLooking = false
        claims.removeAll { claim in
            guard !left.isEmpty, claim.kind == look.kind else { return false }
            wanted -= claim.limit
            dealt.append((claim, Array(left.prefix(claim.limit))))
            left = left.dropFirst(claim.limit)
            return true
        }
        if started.count < look.limit {
            // What others took, or what only claims with a higher limit of starts can have.
            announced += max(look.announced - started.count, 0)
            passedOver = look.news == news ? look.kind.maxRetries : nil
            isUnsure = isUnsure || look.isUnsure
            reach = 1
        } else if look.isUnsure {
            isUnsure = true
            reach = min(reach * 2, Self.maximumLimit)
        }
        return (dealt, Array(left))
    }

    /// A look that failed found nothing out.
    mutating func fail(_ look: Look) {
        isLooking = false
        announced += look.announced
        isUnsure = true
        passedOver = nil
    }
}
