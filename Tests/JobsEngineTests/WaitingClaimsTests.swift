import Jobs
import JobsTestSupport
import Testing

@testable import JobsEngine

extension WaitingClaims {
    private struct NoReason: Error {}

    /// What there has to be to look for.
    fileprivate mutating func look() throws -> Look {
        guard let look = nextLook() else { throw NoReason() }
        return look
    }
}

@Suite("Who is served first among waiting claims")
struct WaitingClaimsTests {
    private typealias Claims = WaitingClaims<String>

    private func claims(_ names: String, limit: Int = 1, maxRetries: [Int] = []) -> Claims {
        var claims = Claims()
        for (index, name) in names.enumerated() {
            claims.park(
                .init(
                    ticket: index,
                    kind: .init(
                        timeout: 1000,
                        maxRetries: maxRetries.indices.contains(index) ? maxRetries[index] : 10),
                    limit: limit, outcome: "\(name)"), since: 0)
        }
        return claims
    }

    private func jobs(_ count: Int) -> [StartedJob] {
        (0..<count).map {
            StartedJob(job: .sample(id: "\($0)"), lockToken: LockToken("\($0)"))
        }
    }

    @Test("so many announced jobs are looked for by as many claims, those in front")
    func counted() throws {
        var claims = claims("abcde")
        let look1 = claims.nextLook()
        #expect(look1 == nil)

        claims.announce(2)
        let look = try claims.look()
        #expect(look.limit == 2)
        let look2 = claims.nextLook()
        #expect(look2 == nil)

        let (dealt, left) = claims.finish(look, jobs(2))
        #expect(dealt.map(\.claim.outcome) == ["a", "b"])
        #expect(left.isEmpty)
        let look3 = claims.nextLook()
        #expect(look3 == nil)
        #expect(claims.claims.map(\.outcome) == ["c", "d", "e"])
    }

    @Test("jobs announced during a look are looked for after it")
    func meanwhile() throws {
        var claims = claims("abc")
        claims.announce(1)
        let look = try claims.look()
        claims.announce(1)

        let dealt1 = claims.finish(look, jobs(1)).dealt
        #expect(dealt1.map(\.claim.outcome) == ["a"])
        let second = try claims.look()
        #expect(second.limit == 1)
        let dealt2 = claims.finish(second, jobs(1)).dealt
        #expect(dealt2.map(\.claim.outcome) == ["b"])
    }

    @Test("where nobody counted, looks go on, for more each time, until one falls short")
    func unsure() throws {
        var claims = claims("abcdefgh")
        claims.announceSomething()
        var limits: [Int] = []
        var available = 5
        while let look = claims.nextLook() {
            limits.append(look.limit)
            let found = min(available, look.limit)
            available -= found
            _ = claims.finish(look, jobs(found))
        }
        #expect(limits == [1, 2, 4])
        #expect(claims.claims.map(\.outcome) == ["f", "g", "h"])
    }

    @Test("a claim for many gets what is there, and does not wait for more")
    func many() throws {
        var claims = claims("ab", limit: 100)
        claims.announceSomething()
        let look = try claims.look()
        #expect(look.limit == 100)
        let (dealt, left) = claims.finish(look, jobs(3))
        #expect(dealt.map(\.jobs.count) == [3])
        #expect(left.isEmpty)
        #expect(claims.claims.map(\.outcome) == ["b"])
        let look4 = claims.nextLook()
        #expect(look4 == nil)
    }

    @Test("what claims in front may not have goes to the first behind them that may")
    func higherLimit() throws {
        var claims = claims("abcd", maxRetries: [3, 3, 2, 5])
        claims.announce(1)
        let first = try claims.look()
        #expect(first.kind.maxRetries == 3)
        _ = claims.finish(first, [])

        let second = try claims.look()
        #expect(second.kind.maxRetries == 5)
        let dealt3 = claims.finish(second, jobs(1)).dealt
        #expect(dealt3.map(\.claim.outcome) == ["d"])
        let look5 = claims.nextLook()
        #expect(look5 == nil)
    }

    @Test("when something new is announced those in front are asked first again")
    func startingOver() throws {
        var claims = claims("ab", maxRetries: [3, 5])
        claims.announce(1)
        let first = try claims.look()
        claims.announce(1)
        _ = claims.finish(first, [])
        let look6 = claims.nextLook()
        #expect(look6?.kind.maxRetries == 3)
    }

    @Test("only claims of one kind that stand together are served together")
    func kinds() throws {
        var claims = claims("abc", maxRetries: [3, 3, 5])
        claims.announce(3)
        let look = try claims.look()
        #expect(look.limit == 2)
        let dealt4 = claims.finish(look, jobs(2)).dealt
        #expect(dealt4.map(\.claim.outcome) == ["a", "b"])
        let look7 = claims.nextLook()
        #expect(look7?.limit == 1)
    }

    @Test("what was looked for by a claim that has left goes to the next, or to nobody")
    func left() throws {
        var claims = claims("ab")
        claims.announce(1)
        let look = try claims.look()
        let gone5 = claims.leave(0)
        #expect(gone5?.outcome == "a")
        let gone6 = claims.leave(0)
        #expect(gone6 == nil)
        let dealt7 = claims.finish(look, jobs(1)).dealt
        #expect(dealt7.map(\.claim.outcome) == ["b"])

        claims = self.claims("a")
        claims.announce(1)
        let second = try claims.look()
        _ = claims.leave(0)
        let (dealt, left) = claims.finish(second, jobs(1))
        #expect(dealt.isEmpty)
        #expect(left.count == 1)
    }

    @Test("a look that failed is made again")
    func failed() throws {
        var claims = claims("ab")
        claims.announce(1)
        let look = try claims.look()
        claims.fail(look)
        let look8 = claims.nextLook()
        #expect(look8?.limit == 1)
    }

    @Test("who parks after something was announced looks once more")
    func parkedLate() {
        var claims = Claims()
        let news = claims.news
        claims.announce(1)
        let look9 = claims.nextLook()
        #expect(look9 == nil)
        claims.park(
            .init(
                ticket: 1, kind: .init(timeout: 1, maxRetries: 1), limit: 1, outcome: "late"),
            since: news)
        let look10 = claims.nextLook()
        #expect(look10?.limit == 1)
    }

    @Test("it is known that there is nothing only while claims wait that could have it")
    func known() {
        var claims = claims("a", maxRetries: [3])
        #expect(claims.isEmpty(for: .init(timeout: 9, maxRetries: 3)))
        #expect(!claims.isEmpty(for: .init(timeout: 9, maxRetries: 4)))
        claims.announce(1)
        #expect(!claims.isEmpty(for: .init(timeout: 9, maxRetries: 3)))
        #expect(!Claims().isEmpty(for: .init(timeout: 9, maxRetries: 3)))
    }

    @Test("who came first is in front, also if he parks later")
    func arrivals() {
        var claims = Claims()
        for ticket in [2, 1, 4, 3] {
            claims.park(
                .init(
                    ticket: ticket, kind: .init(timeout: 1, maxRetries: 1), limit: 1,
                    outcome: "\(ticket)"), since: 0)
        }
        #expect(claims.claims.map(\.outcome) == ["1", "2", "3", "4"])
    }

    @Test("waits end at their deadlines, those of a request that is looked for after the look")
    func deadlines() throws {
        var claims = Claims()
        let now = ContinuousClock.now
        let waits: [(seconds: Int?, request: ExactText?)] = [
            (30, nil), (10, nil), (nil, nil), (20, ExactText("a")), (40, nil),
        ]
        for (ticket, wait) in waits.enumerated() {
            claims.park(
                .init(
                    ticket: ticket, kind: .init(timeout: 1, maxRetries: 1), limit: 1,
                    request: wait.request, deadline: wait.seconds.map { now + .seconds($0) },
                    outcome: "\(ticket)"), since: 0)
        }

        #expect(claims.endDue(at: now).isEmpty)
        #expect(claims.nextDeadline == now + .seconds(10))
        #expect(claims.endDue(at: now + .seconds(10)).map(\.outcome) == ["1"])
        #expect(claims.nextDeadline == now + .seconds(20))
        claims.announce(4)
        let look = try claims.look()
        #expect(claims.endDue(at: now + .seconds(30)).map(\.outcome) == ["0"])
        #expect(claims.nextDeadline == now + .seconds(40))
        #expect(claims.endDue(at: now + .seconds(30)).isEmpty)
        #expect(claims.fail(look).map(\.outcome) == ["3"])
        #expect(claims.endDue(at: now + .seconds(40)).map(\.outcome) == ["4"])
        #expect(claims.nextDeadline == nil && claims.claims.map(\.outcome) == ["2"])
    }
}
