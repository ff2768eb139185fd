import Jobs
import Testing

@testable import JobsEngine

@Suite("Places of claims that wait")
struct WaitingPlacesTests {
    private func claimant(_ caller: String?, _ type: String) -> WaitingPlaces.Claimant {
        .init(caller: caller.map { ExactText($0) }, type: ExactText(type))
    }

    @Test("few places can all be taken", arguments: 0...4)
    func few(_ limit: Int) {
        var places = WaitingPlaces(limit: limit)
        var taken = 0
        while places.take(for: claimant("a", "mail")) { taken += 1 }
        #expect(taken == limit)
    }

    @Test("alone a caller gets four fifths, and others get theirs beside it")
    func greedy() {
        var places = WaitingPlaces(limit: 5000)
        var taken = [0, 0]
        while places.take(for: claimant("a", "t\(taken[0])")) { taken[0] += 1 }
        while places.take(for: claimant("b", "u\(taken[1])")) { taken[1] += 1 }
        #expect(taken == [4000, 800])
        let third = places.take(for: claimant("c", "v"))
        #expect(third)
    }

    @Test("a type does not take every place either, whoever asks for it")
    func types() {
        var places = WaitingPlaces(limit: 100)
        var taken = 0
        while places.take(for: claimant(nil, "mail")) { taken += 1 }
        #expect(taken == 80)
        let other = places.take(for: claimant(nil, "print"))
        #expect(other)
    }

    @Test("places that are given back can be taken again")
    func givenBack() {
        var places = WaitingPlaces(limit: 10)
        for _ in 0..<100 {
            let taken = places.take(for: claimant("a", "mail"))
            #expect(taken)
            places.giveBack(claimant("a", "mail"))
        }
    }

    @Test("the limit may be any number", arguments: [Int.min, -1, 0, .max])
    func extremes(_ limit: Int) {
        var places = WaitingPlaces(limit: limit)
        let taken = places.take(for: claimant("a", "mail"))
        #expect(taken == (limit > 0))
    }

    @Test("lines of types that never have a job do not pile up")
    func lines() async throws {
        let waiting = WaitingJobsPersistence(RecordingPersistence())
        for number in 0..<1500 {
            let started = try await waiting.claim(
                Claim(type: "t\(number)", timeout: 1, maxRetries: 1), ClaimWait(milliseconds: 1))
            #expect(started.isEmpty)
        }
        #expect(waiting.lineCount <= 1000)
    }
}
