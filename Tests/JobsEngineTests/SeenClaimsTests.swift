import Jobs
import Testing

@testable import JobsEngine

@Suite("The claims that a process has seen")
struct SeenClaimsTests {
    private let seen = SeenClaims()
    private let start = ContinuousClock.now

    @Test("a type has its last claim and the last claim of each worker")
    func notes() {
        seen.note("a", worker: "w1", at: start)
        seen.note("a", worker: "w2", at: start + .seconds(1))
        seen.note("a", worker: nil, at: start + .seconds(2))
        seen.note("b", worker: nil, at: start + .seconds(3))
        seen.note("a", worker: "w1", at: start + .seconds(4))

        let types = seen.seen(at: start + .seconds(5))

        #expect(Set(types.keys.map(\.text)) == ["a", "b"])
        let first = types[ExactText("a")]
        #expect(first?.lastClaim == start + .seconds(4))
        #expect(
            first?.workers == [
                ExactText("w1"): start + .seconds(4), ExactText("w2"): start + .seconds(1),
            ])
        #expect(types[ExactText("b")]?.workers.isEmpty == true)
    }

    @Test("what was not seen for an hour is forgotten")
    func forgets() {
        seen.note("a", worker: "w1", at: start)
        seen.note("b", worker: "w1", at: start)
        seen.note("b", worker: "w2", at: start + .seconds(10))

        let types = seen.seen(at: start + .seconds(3605))

        #expect(types.keys.map(\.text) == ["b"])
        #expect(types[ExactText("b")]?.workers.keys.map(\.text) == ["w2"])
        #expect(seen.seen(at: start + .seconds(3610)).isEmpty)
    }

    @Test("of invented types the last ones are kept")
    func manyTypes() {
        for number in 0..<5000 {
            seen.note("\(number)", worker: nil, at: start + .milliseconds(number))
        }

        let types = seen.seen(at: start + .seconds(5))

        #expect(types.count <= SeenClaims.maximumTypes)
        #expect(types.count >= 900)
        for number in 4100..<5000 { #expect(types[ExactText("\(number)")] != nil) }
    }

    @Test("of invented workers the last ones are kept, of each type and in all")
    func manyWorkers() {
        for number in 0..<500 {
            seen.note("a", worker: "\(number)", at: start + .milliseconds(number))
        }
        let one = seen.seen(at: start + .seconds(1))[ExactText("a")]?.workers ?? [:]
        for number in 0..<20_000 {
            seen.note(
                "\(number % 200)", worker: "\(number)", at: start + .milliseconds(1000 + number))
        }
        let all = seen.seen(at: start + .seconds(30)).values.flatMap(\.workers)

        #expect(one.count <= SeenClaims.maximumWorkers)
        for number in 410..<500 { #expect(one[ExactText("\(number)")] != nil) }
        #expect(all.count <= SeenClaims.maximumWorkersInAll)
        #expect(all.count >= 4400)
        #expect(all.contains { $0.key.text == "19999" })
    }
}
