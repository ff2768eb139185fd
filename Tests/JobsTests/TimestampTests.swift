import Foundation
import Jobs
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test("a moment outside of the years 1 to 9999 is moved to their nearest end")
    func clamping() {
        let first = Timestamp(milliseconds: -62_135_596_800_000)
        let last = Timestamp(milliseconds: 253_402_300_799_999)

        #expect(Timestamp(milliseconds: .min) == first)
        #expect(Timestamp(milliseconds: first.milliseconds - 1) == first)
        #expect(Timestamp(milliseconds: .max) == last)
        #expect(Timestamp(milliseconds: last.milliseconds + 1) == last)
        #expect(Timestamp.max == last)
        #expect(first.milliseconds == -62_135_596_800_000)
        #expect(last.milliseconds == 253_402_300_799_999)
    }

    @Test(
        "advancing stays inside the range",
        arguments: [
            (0, 5, 5), (0, -5, -5), (5, 0, 5), (-5, 3, -2),
            (0, .max, 253_402_300_799_999), (0, .min, -62_135_596_800_000),
            (253_402_300_799_999, 1, 253_402_300_799_999),
            (253_402_300_799_999, .max, 253_402_300_799_999),
            (253_402_300_799_999, -1, 253_402_300_799_998),
            (-62_135_596_800_000, -1, -62_135_596_800_000),
            (-62_135_596_800_000, .min, -62_135_596_800_000),
            (-62_135_596_800_000, .max, 253_402_300_799_999),
            (1_795_485_904_107, 8_640_000_000_000_000, 253_402_300_799_999),
        ] as [(Int64, Int64, Int64)])
    func advancing(start: Int64, by: Int64, end: Int64) {
        #expect(Timestamp(milliseconds: start).advanced(by: by).milliseconds == end)
    }

    @Test("moments are in the order of time")
    func order() {
        let moments = [.min, -1000, -1, 0, 1, 1000, Int64.max].map(Timestamp.init(milliseconds:))

        #expect(moments.shuffled().sorted() == moments)
        #expect(Set(moments + moments).count == moments.count)
    }

    @Test("now is the time of this machine, to the millisecond")
    func now() {
        let before = Date().timeIntervalSince1970 * 1000
        let now = Double(Timestamp.now().milliseconds)
        let after = Date().timeIntervalSince1970 * 1000

        #expect(before - 1 <= now && now <= after)
    }
}
