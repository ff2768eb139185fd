import Jobs
import Testing

@testable import JobsMongo

@Suite("Lists of due jobs")
struct ReadAheadTests {
    private let instant = ContinuousClock.now
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func jobs(_ numbers: some Sequence<Int>) -> [DueJob] {
        numbers.compactMap { job($0) }
    }

    /// A job whose number is its place.
    private func job(_ number: Int, priority: Int = 0) -> DueJob? {
        var job = Job(
            id: JobID("job \(number)"), type: "mail", refID: "1",
            created: now.advanced(by: Int64(number)))
        job.priority = priority
        return DueJob(job, availableAt: job.created)
    }

    private func ids(_ jobs: [DueJob]) -> [String] {
        jobs.map { "\($0.jobID)".replacing("job ", with: "") }
    }

    /// Two instances that know each other.
    private func acquainted() -> (ClaimPeers, ClaimPeers) {
        let (one, other) = (ClaimPeers(tag: "aaaaaa"), ClaimPeers(tag: "bbbbbb"))
        for _ in 0..<2 {
            one.meet([token("bbbbbb")], at: instant)
            other.meet([token("aaaaaa")], at: instant)
        }
        return (one, other)
    }

    private func token(_ tag: String) -> LockToken {
        ClaimTokens(tag: tag).token(of: JobID("0123456789abcdef"))
    }

    @Test("a type is read ahead once it is claimed often, for a quarter of a second of claims")
    func demand() {
        let lists = ReadAhead(peers: ClaimPeers())
        lists.started("mail", 19, at: instant)
        #expect(lists.size("mail", wanted: 1, at: instant) == 0)
        lists.started("mail", 381, at: instant + .seconds(0.5))
        #expect(lists.size("mail", wanted: 1, at: instant + .seconds(0.9)) == 100)
        #expect(lists.size("mail", wanted: 300, at: instant + .seconds(0.9)) == 300)
        lists.started("mail", 1, at: instant + .seconds(1))
        #expect(lists.size("mail", wanted: 1, at: instant + .seconds(1.5)) == 100)
        #expect(lists.size("mail", wanted: 1, at: instant + .seconds(3)) == 0)
        lists.started("mail", 9000, at: instant + .seconds(4))
        #expect(lists.size("mail", wanted: 1, at: instant + .seconds(4)) == ReadAhead.maximumSize)
    }

    @Test("claims take jobs in order, each once, for as long as the list is fresh")
    func taking() {
        let lists = ReadAhead(peers: ClaimPeers())
        lists.fill("mail", jobs(1...5), readAt: instant, isWhole: true, isShared: true)

        #expect(ids(lists.take("mail", 2, at: instant)) == ["1", "2"])
        #expect(ids(lists.take("mail", 1, at: instant)) == ["3"])
        #expect(lists.take("mail", 9, at: instant + ReadAhead.lifetime).isEmpty)
        #expect(lists.take("other", 1, at: instant).isEmpty)
        #expect(ids(lists.take("mail", 9, at: instant)) == ["4", "5"])
    }

    @Test("a job that was taken is not taken again from a look that overlapped")
    func overlapping() {
        let lists = ReadAhead(peers: ClaimPeers())
        lists.fill("mail", jobs(1...4), readAt: instant, isWhole: true, isShared: true)
        _ = lists.take("mail", 3, at: instant)
        lists.fill("mail", jobs(1...4), readAt: instant, isWhole: true, isShared: true)
        #expect(ids(lists.take("mail", 9, at: instant)) == ["4"])

        // Given back since.
        if let job = job(2) { lists.insert("mail", job, at: instant) }
        #expect(ids(lists.take("mail", 9, at: instant)) == ["2"])
        let later = instant + .seconds(1)
        lists.fill("mail", jobs(1...4), readAt: later, isWhole: true, isShared: true)
        #expect(ids(lists.take("mail", 9, at: later)) == ["1", "2", "3", "4"])
    }

    @Test("an added job joins a list at its place, if the list goes so far")
    func inserting() throws {
        for isWhole in [false, true] {
            let lists = ReadAhead(peers: ClaimPeers())
            lists.fill("mail", jobs([2, 4]), readAt: instant, isWhole: isWhole, isShared: true)
            for new in [job(3), job(1), job(9), job(5, priority: 1)] {
                lists.insert("mail", try #require(new), at: instant)
            }
            #expect(
                ids(lists.take("mail", 9, at: instant))
                    == ["5", "1", "2", "3", "4"] + (isWhole ? ["9"] : []))
        }
    }

    @Test("two instances that know each other share a list without overlap and without rest")
    func sharing() {
        let (one, other) = acquainted()
        let taken = [one, other].map { peers in
            let lists = ReadAhead(peers: peers)
            lists.fill("mail", jobs(1...100), readAt: instant, isWhole: true, isShared: true)
            return Set(ids(lists.take("mail", 100, at: instant)))
        }
        #expect(taken[0].isDisjoint(with: taken[1]))
        #expect(taken[0].union(taken[1]).count == 100)
        #expect((30...70).contains(taken[0].count), "\(taken[0].count)")
    }

    @Test(
        "what another instance leaves is taken after a while, and at once if there is nothing else")
    func leftovers() {
        let (one, _) = acquainted()
        let lists = ReadAhead(peers: one)
        lists.fill("mail", jobs(1...20), readAt: instant, isWhole: true, isShared: true)
        let own = lists.take("mail", 20, at: instant).map(\.jobID)
        #expect(own.count < 20)
        #expect(lists.firstOfOthers("mail") != nil)
        let others = jobs(1...20).filter { !own.contains($0.jobID) }

        let soon = instant + .milliseconds(100)
        lists.fill("mail", others + jobs(21...40), readAt: soon, isWhole: true, isShared: true)
        let next = lists.take("mail", 20, at: soon)
        #expect(next.allSatisfy { !others.map(\.jobID).contains($0.jobID) })
        // Those in front of the last one taken were passed 500 ms ago, and those after it were not.
        let later = soon + ReadAhead.patience
        lists.fill("mail", others + jobs(21...60), readAt: later, isWhole: true, isShared: true)
        let taken = Set(lists.take("mail", 60, at: later).map(\.jobID))
        #expect(others.allSatisfy { taken.contains($0.jobID) })
        #expect(jobs(41...60).contains { !taken.contains($0.jobID) })

        // Alone on the list, the last ones go first.
        let alone = ReadAhead(peers: one)
        alone.fill("mail", others, wanted: 2, readAt: instant, isWhole: true, isShared: true)
        let share = others.count / 2
        #expect(
            alone.take("mail", 20, at: instant).map(\.jobID) == others.suffix(share).map(\.jobID))
        alone.fill(
            "mail", others, wanted: 20, readAt: later + .seconds(1), isWhole: true, isShared: true)
        #expect(alone.take("mail", 20, at: later + .seconds(1)).count == others.count)
    }

    @Test("an instance is known after two meetings, and forgotten in the end")
    func acquaintance() {
        let peers = ClaimPeers(tag: "aaaaaa")
        peers.meet([token("bbbbbb"), token("bbbbbb"), token("aaaaaa")], at: instant)
        #expect(peers.shares(at: instant).count == 1)
        peers.meet([token("bbbbbb")], at: instant)
        #expect(peers.shares(at: instant).count == 2)
        // The tokens of an older version.
        for _ in 0..<1000 { peers.meet([LockToken.random()], at: instant) }
        peers.meet([token("bbbbbb")], at: instant)
        peers.meet([token("bbbbbb")], at: instant)
        #expect(peers.shares(at: instant).count == 2)
        #expect(peers.shares(at: instant + ClaimPeers.lifetime).count == 1)
    }
}
