import Jobs
import JobsTestSupport
import Testing

@Suite("Making job ids")
struct JobIDGeneratorTests {
    /// The first 48 bits of an id: the milliseconds it was made at.
    private func milliseconds(_ id: JobID) -> Int64? {
        Int64(id.description.prefix(12), radix: 16)
    }

    /// The 12 bits that count within a millisecond.
    private func counter(_ id: JobID) -> Int? {
        Int(id.description.dropFirst(13).prefix(3), radix: 16)
    }

    private func isGrowing(_ ids: [JobID]) -> Bool {
        zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 && $0.description < $1.description }
    }

    @Test("an id is a version 7 UUID without dashes, led by its time")
    func form() {
        var generator = JobIDGenerator()
        for offset in 0..<1000 {
            let id = generator.next(at: .noon(Int64(offset))).description

            #expect(id.utf8.count == 32)
            #expect(id.allSatisfy { "0123456789abcdef".contains($0) })
            #expect(milliseconds(JobID(id)) == Timestamp.noon(Int64(offset)).milliseconds)
            #expect(id.dropFirst(12).first == "7")
            #expect("89ab".contains(id.dropFirst(16).first ?? "-"))
        }
    }

    @Test("the bits that are not told by the time and the count are random")
    func randomness() {
        var generator = JobIDGenerator()
        var (ones, zeros): (UInt64, UInt64) = (0, 0)
        var starts: Set<Int> = []
        for offset in 0..<200 {
            let id = generator.next(at: .noon(Int64(offset)))
            let low = UInt64(id.description.suffix(16), radix: 16) ?? 0
            (ones, zeros) = (ones | low, zeros | ~low)
            starts.insert(counter(id) ?? -1)
        }

        #expect(ones == UInt64.max >> 2 | 1 << 63)
        #expect(zeros == UInt64.max >> 1)
        #expect(starts.count > 100)
    }

    @Test("ten thousand ids of one millisecond grow, and none comes twice")
    func oneMillisecond() throws {
        var generator = JobIDGenerator()

        let ids = (0..<10_000).map { _ in generator.next(at: .noon()) }

        #expect(isGrowing(ids))
        #expect(Set(ids).count == ids.count)
        // 4096 ids fit a millisecond, at least half of them behind a random start.
        let ahead = try #require(milliseconds(ids[9999])) - Timestamp.noon().milliseconds
        #expect((2...4).contains(ahead))
    }

    @Test("a millisecond that is used up gives way to the next, not to a smaller count")
    func overflow() throws {
        var generator = JobIDGenerator()

        let ids = (0..<4097).map { _ in generator.next(at: .noon()) }

        let counters = try ids.map { try #require(counter($0)) }
        let end = try #require(ids.firstIndex { milliseconds($0) != milliseconds(ids[0]) })
        #expect(counters[0] <= 0x7FF)
        #expect(counters[..<end].elementsEqual(counters[0]...0xFFF))
        #expect(milliseconds(ids[end]) == Timestamp.noon(1).milliseconds)
        #expect(counters[end] <= 0x7FF)
    }

    @Test("ids go on growing when the clock catches up with time used ahead")
    func catchingUp() {
        var generator = JobIDGenerator()
        var ids = (0..<9000).map { _ in generator.next(at: .noon()) }
        for offset in 1...10 {
            ids += (0..<3).map { _ in generator.next(at: .noon(Int64(offset))) }
        }

        #expect(isGrowing(ids))
        #expect(ids.last.flatMap(milliseconds) == Timestamp.noon(10).milliseconds)
    }

    @Test(
        "ids grow when the clock steps back",
        arguments: [
            [0, -1], [0, -5000, 1], [0, 1, 0, 2, 1, 3], [0, -86_400_000, -86_399_999, 1],
        ] as [[Int64]])
    func steppingBack(offsets: [Int64]) {
        var generator = JobIDGenerator()

        let ids = offsets.flatMap { offset in
            (0..<100).map { _ in generator.next(at: .noon(offset)) }
        }

        #expect(isGrowing(ids))
    }

    @Test("ids grow also at clocks that are far off")
    func strangeClocks() {
        var generator = JobIDGenerator()
        let times = [Int64.min, -1, 0, 1, 1_795_521_600_000, .max, .max, .max]

        let ids = times.map { generator.next(at: Timestamp(milliseconds: $0)) }

        #expect(isGrowing(ids))
        #expect(ids.allSatisfy { $0.description.utf8.count == 32 })
    }

    @Test("two generators at the same moment make different ids")
    func instances() {
        var first = JobIDGenerator()
        var second = JobIDGenerator()

        let ids = (0..<1000).flatMap { _ in [first.next(at: .noon()), second.next(at: .noon())] }

        #expect(Set(ids).count == ids.count)
    }
}
