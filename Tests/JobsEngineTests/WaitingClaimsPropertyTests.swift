import Jobs
import JobsTestSupport
import SeededRandom
import Testing

@testable import JobsEngine

/// Whatever the order of events, no claim waits for a job that lies in the store.
@Suite("Waiting claims in any order of events")
struct WaitingClaimsPropertyTests {
    @Test("no claim sleeps while a job is ready for it", arguments: 0..<400)
    func noneSleeps(_ seed: UInt64) throws {
        var world = World(seed: seed)
        for _ in 0..<world.random(40...200) {
            world.doSomething()
            guard world.random(0...24) == 0 else { continue }
            world.settle()
            let asleep = world.asleep
            try #require(asleep.isEmpty, "\(asleep) sleep; ready are \(world.ready)")
        }
        world.settle()
        #expect(world.asleep.isEmpty)
        #expect(world.handedOut + world.ready.count == world.added, "no job is lost or made up")
    }

    @Test("claims that wait do not cost looks of their own", arguments: [false, true])
    func cheap(areRepeatable: Bool) throws {
        var world = World(seed: 7)
        world.fails = false
        for number in 0..<500 {
            let request = areRepeatable ? ExactText("r \(number)") : nil
            world.claim(.init(timeout: 1, maxRetries: 10), limit: 1, request: request)
        }
        world.settle()
        let before = world.looks
        for _ in 0..<100 {
            world.add(1)
            world.settle()
        }
        #expect(world.looks - before == 100)
    }
}

/// A store, claims that look and wait, an attendant, and everything that is on its way between
/// them.
private struct World {
    typealias Claims = WaitingClaims<Int>

    /// The retries of each job that is ready.
    private(set) var ready: [Int] = []
    private(set) var added = 0
    private(set) var handedOut = 0
    private(set) var looks = 0
    /// Whether some looks fail.
    var fails = true
    private var waiting = Claims()
    private var tickets = 0
    private var generator: SplitMix64
    /// Claims that look for themselves; `found` is set when the store has answered.
    private var arrivals: [(claim: Claims.Claim, news: Int, found: Int?)] = []
    /// Announcements that have not reached the line.
    private var announcements: [Int] = []
    private var look: (look: Claims.Look, found: [StartedJob]?)?
    /// The jobs of the requests that were served, by their retries; of this process and others.
    private var served: [ExactText: [Int]] = [:]

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func random(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    /// Parked claims that could have a job. The store gives none to a request that another process
    /// has served.
    var asleep: [Int] {
        waiting.claims.filter { claim in
            ready.contains { $0 < claim.kind.maxRetries }
                && (claim.request.map { served[$0] == nil } ?? true)
        }
        .map(\.ticket)
    }

    mutating func doSomething() {
        switch random(0...11) {
        case 0: add(random(1...12))
        case 1, 2:
            let kind = Claims.Kind(timeout: Int64(random(1...2)), maxRetries: random(0...2) * 4 + 2)
            // Now and then, a request is repeated.
            let request =
                random(0...1) == 0 ? nil : ExactText("r \(random(max(0, tickets - 4)...tickets))")
            claim(kind, limit: random(0...3) == 0 ? 5 : 1, request: request)
        case 3:
            if let claim = waiting.claims.randomElement(using: &generator) {
                _ = random(0...1) == 0 ? waiting.leave(claim.ticket) : waiting.end(claim.ticket)
            }
        case 4:
            // Another process serves a request, or its job is finished.
            let request =
                random(0...1) == 0
                ? waiting.claims.randomElement(using: &generator)?.request
                : served.keys.sorted { $0.text < $1.text }.randomElement(using: &generator)
            if let request { served[request] = [] }
        default: proceed()
        }
    }

    mutating func add(_ count: Int) {
        added += count
        for _ in 0..<count { ready.append(random(0...9)) }
        announcements.append(count)
    }

    mutating func claim(_ kind: Claims.Kind, limit: Int, request: ExactText? = nil) {
        tickets += 1
        let claim = Claims.Claim(
            ticket: tickets, kind: kind, limit: limit, request: request, outcome: tickets)
        if waiting.isEmpty(for: kind) {
            if let request, served[request] != nil { return }
            waiting.park(claim, since: waiting.news)
        } else {
            arrivals.append((claim, waiting.news, nil))
        }
    }

    private mutating func take(_ limit: Int, below maxRetries: Int) -> [Int] {
        let indices = ready.indices.filter { ready[$0] < maxRetries }.prefix(limit)
        let taken = indices.map { ready[$0] }
        for index in indices.reversed() { ready.remove(at: index) }
        return taken
    }

    /// Lets one of the things that are under way take its next step.
    private mutating func proceed() {
        switch random(0...2) {
        case 0: proceedWithArrival()
        case 1:
            guard !announcements.isEmpty else { return }
            waiting.announce(announcements.remove(at: random(0...(announcements.count - 1))))
        default: proceedWithLook()
        }
    }

    private mutating func proceedWithArrival() {
        guard !arrivals.isEmpty else { return }
        let index = random(0...(arrivals.count - 1))
        let (claim, news, found) = arrivals[index]
        if let found {
            arrivals.remove(at: index)
            if found == 0, claim.request.map({ served[$0] == nil }) ?? true {
                waiting.park(claim, since: news)
            }
            if claim.request == nil { handedOut += found }
        } else {
            looks += 1
            let callers = (0..<claim.limit).map { slot in
                ClaimCaller(request: claim.request.map { ClaimRequest($0, slot: slot) })
            }
            arrivals[index].found = take(callers, below: claim.kind.maxRetries).count
        }
    }

    /// What the store answers to a claim for several callers.
    private mutating func take(_ callers: [ClaimCaller], below maxRetries: Int) -> [StartedJob] {
        let before = served
        var jobs: [StartedJob] = []
        for caller in callers {
            if let id = caller.request?.id, let own = before[id] {
                if caller.request?.slot == 0 { jobs += repeated(own, of: id) }
                continue
            }
            guard let retries = take(1, below: maxRetries).first else { continue }
            jobs.append(started(retries, caller.request, isRepeated: false))
            guard let id = caller.request?.id else { continue }
            // The job of a request stays with it, whatever becomes of the claim.
            handedOut += 1
            served[id, default: []].append(retries)
        }
        return jobs
    }

    private func repeated(_ jobs: [Int], of request: ExactText) -> [StartedJob] {
        jobs.enumerated().map {
            started($0.element, ClaimRequest(request, slot: $0.offset), isRepeated: true)
        }
    }

    private func started(_ retries: Int, _ request: ClaimRequest?, isRepeated: Bool) -> StartedJob {
        var job = Job.sample(id: "x", retries: retries)
        job.claimRequest = request
        return StartedJob(job: job, lockToken: LockToken("1"), isRepeated: isRepeated)
    }

    private mutating func proceedWithLook() {
        guard let (current, found) = look else {
            look = waiting.nextLook().map { ($0, nil) }
            return
        }
        if let found {
            look = nil
            var jobs = found
            let open = current.requests.subtracting(found.compactMap { $0.job.claimRequest?.id })
            let elsewhere = served.filter { open.contains($0.key) }
            for (request, own) in elsewhere { jobs += repeated(own, of: request) }
            let (dealt, left) = waiting.finish(
                current, jobs, served: Set(elsewhere.filter(\.value.isEmpty).keys))
            for (claim, jobs) in dealt {
                if claim.request == nil { handedOut += jobs.count }
                let isRight = jobs.allSatisfy { $0.job.claimRequest?.id == claim.request }
                if !isRight { Issue.record("a claim got the job of another one") }
            }
            let late = waiting.claims.filter { claim in
                claim.request.map { current.requests.contains($0) && served[$0] != nil } ?? false
            }
            if !late.isEmpty { Issue.record("served claims wait: \(late.map(\.ticket))") }
            guard !left.isEmpty else { return }
            ready += left.map(\.job.retries)
            announcements.append(left.count)
        } else if fails, random(0...9) == 0 {
            look = nil
            waiting.fail(current)
        } else {
            looks += 1
            look = (current, take(current.callers, below: current.kind.maxRetries))
        }
    }

    /// Lets everything come to its end; nothing new happens meanwhile.
    mutating func settle() {
        for _ in 0..<100_000 {
            while !arrivals.isEmpty { proceedWithArrival() }
            while let count = announcements.popLast() { waiting.announce(count) }
            guard look == nil else {
                proceedWithLook()
                continue
            }
            look = waiting.nextLook().map { ($0, nil) }
            if look == nil { return }
        }
        Issue.record("looks go on without an end")
    }
}
