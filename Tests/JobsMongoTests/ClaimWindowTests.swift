import Jobs
import Testing

@testable import JobsMongo

@Suite("The start of claims in the index")
struct ClaimWindowTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    @Test("shortly before the last claimed job, since commits are not in order")
    func recent() {
        #expect(begin(afterJobClaimableFor: 3000) == now.advanced(by: -3000 - ClaimWindows.margin))
        #expect(begin(afterJobClaimableFor: 0) == now.advanced(by: -ClaimWindows.margin))
    }

    @Test("at the last claimed job, if all earlier ones were committed long ago")
    func settled() {
        #expect(begin(afterJobClaimableFor: 60_000) == now.advanced(by: -60_000))
    }

    @Test("with the margin if the time of the server is not known")
    func unknown() {
        let windows = ClaimWindows()
        windows.claimed(
            "mail", priority: 0, availableAt: now, now: nil, wasFromBeginning: true)
        #expect(
            windows.next("mail").window?.availableAt == now.advanced(by: -ClaimWindows.margin))
    }

    @Test("for each type by its bytes, also if two types look the same")
    func alike() {
        let windows = ClaimWindows()
        windows.claimed(
            "caf\u{E9}", priority: 0, availableAt: now, now: nil, wasFromBeginning: true)

        #expect(windows.next("cafe\u{301}").window == nil)
        #expect(windows.next("caf\u{E9}").window != nil)
    }

    @Test("a process that loses jobs skips some, except from the beginning, and keeps the margin")
    func losing() {
        let windows = ClaimWindows()
        for _ in 0..<20 { windows.lost(16, of: 16, "mail") }
        #expect(windows.next("mail").skip == 0)
        let old = now.advanced(by: -60_000)
        windows.claimed(
            "mail", priority: 0, availableAt: old, now: now, wasFromBeginning: true)
        #expect(windows.next("mail").window?.availableAt == old.advanced(by: -ClaimWindows.margin))
        #expect((0..<1000).contains { _ in windows.next("mail").skip > 0 })

        for _ in 0..<20 { windows.lost(0, of: 16, "mail") }
        #expect(!(0..<1000).contains { _ in windows.next("mail").skip > 0 })
    }

    private func begin(afterJobClaimableFor age: Int64) -> Timestamp? {
        let windows = ClaimWindows()
        windows.claimed(
            "mail", priority: 0, availableAt: now.advanced(by: -age), now: now,
            wasFromBeginning: true)
        return windows.next("mail").window?.availableAt
    }
}
