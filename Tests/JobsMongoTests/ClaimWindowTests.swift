import Jobs
import Testing

@testable import JobsMongo

@Suite("Where claims begin to look")
struct ClaimWindowTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)
    private let instant = ContinuousClock.now

    private func place(_ age: Int64, priority: Int = 0) -> ClaimPlace {
        ClaimPlace(priority: priority, availableAt: now.advanced(by: -age))
    }

    private func windows(afterJobClaimableFor age: Int64, serverTime: Timestamp?) -> ClaimWindows {
        let windows = ClaimWindows()
        windows.claimed("mail", place(age), now: serverTime, at: instant)
        return windows
    }

    @Test(
        "shortly before the last claimed job, since commits are not in order", arguments: [0, 3000])
    func recent(age: Int64) {
        let windows = windows(afterJobClaimableFor: age, serverTime: now)

        #expect(windows.next("mail", at: instant) == place(age + ClaimWindows.margin))
    }

    @Test("long before the last claimed job, once in an interval")
    func far() {
        let windows = windows(afterJobClaimableFor: 0, serverTime: now)
        let later = instant + ClaimWindows.farInterval

        #expect(windows.next("mail", at: later) == place(ClaimWindows.farMargin))
        #expect(windows.next("mail", at: later) == place(ClaimWindows.margin))
    }

    @Test("at the last claimed job, if all jobs before it were committed long ago")
    func settled() {
        let windows = windows(afterJobClaimableFor: 60_000, serverTime: now)

        #expect(windows.next("mail", at: instant) == place(60_000))
    }

    @Test("with the margin if the time of the server is not known")
    func unknown() {
        let windows = windows(afterJobClaimableFor: 60_000, serverTime: nil)

        #expect(windows.next("mail", at: instant) == place(60_000 + ClaimWindows.margin))
    }

    @Test("at the beginning every second, and less often if that takes long")
    func beginning() {
        let windows = windows(afterJobClaimableFor: 0, serverTime: now)
        #expect(windows.next("mail", at: instant + .seconds(0.9)) != nil)
        #expect(windows.next("mail", at: instant + .seconds(1)) == nil)

        windows.lookedFromBeginning("mail", took: .milliseconds(100), at: instant)
        #expect(windows.next("mail", at: instant + .seconds(1.9)) != nil)
        #expect(windows.next("mail", at: instant + .seconds(2)) == nil)
        windows.lookedFromBeginning("mail", took: .seconds(2), at: instant)
        #expect(windows.next("mail", at: instant + .seconds(5)) == nil)
    }

    @Test("at a job that was given back in front of the last claimed one")
    func returned() {
        let windows = windows(afterJobClaimableFor: 60_000, serverTime: now)
        windows.returned("mail", place(90_000))
        windows.returned("mail", place(30_000))
        windows.returned("mail", place(95_000, priority: 1))

        #expect(windows.next("mail", at: instant) == place(90_000))
    }

    @Test("for each type by its bytes, also where two look alike")
    func alike() {
        let windows = ClaimWindows()
        windows.claimed("caf\u{E9}", place(0), now: nil)

        #expect(windows.next("cafe\u{301}") == nil)
        #expect(windows.next("caf\u{E9}") != nil)
    }
}
