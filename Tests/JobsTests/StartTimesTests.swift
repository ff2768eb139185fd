import JSON
import Jobs
import SeededRandom
import Testing

@Suite("StartTimes")
struct StartTimesTests {
    private let rate = StartRate(count: 3, period: 1000)

    @Test("starts are forgotten after the period, each at its time")
    func forgetting() {
        var starts = StartTimes()
        starts.add(1, rate, at: moment(0))
        starts.add(2, rate, at: moment(400))

        #expect(starts.room(rate, at: moment(999)) == 0)
        #expect(starts.nextRoom(rate, at: moment(999)) == moment(1000))
        #expect(starts.room(rate, at: moment(1000)) == 1)
        #expect(starts.nextRoom(rate, at: moment(1000)) == nil)
        #expect(starts.room(rate, at: moment(1400)) == 3)
    }

    @Test("a start is taken back once, and only if it is counted")
    func takingBack() {
        var starts = StartTimes()
        starts.add(1, rate, at: moment(5))

        let other = starts.takeBack(moment(6))
        let first = starts.takeBack(moment(5))
        let second = starts.takeBack(moment(5))

        #expect([other, first, second] == [false, true, false])
        #expect(starts.room(rate, at: moment(5)) == 3)
    }

    @Test("no window has more starts than allowed, and hardly fewer", arguments: [3, 200, 5000])
    func windows(count: Int) {
        let rate = StartRate(count: count, period: 10_000)
        var random = SplitMix64(seed: UInt64(count))
        var starts = StartTimes()
        var made: [(time: Int64, count: Int)] = []
        var now: Int64 = 1_000_000
        for _ in 0..<2000 {
            now += Int64.random(in: 0...60, using: &random)
            let wanted = Int.random(in: 0...(count / 50 + 1), using: &random)
            let room = min(starts.room(rate, at: moment(now)), wanted)
            starts.add(room, rate, at: moment(now))
            if room > 0 { made.append((now, room)) }
        }

        var most = 0
        for (index, first) in made.enumerated() {
            let window = made[index...].prefix { $0.time < first.time + rate.period }
            most = max(most, window.reduce(0) { $0 + $1.count })
        }
        #expect(most <= count)
        #expect(most >= count * 98 / 100)
        #expect(starts.entries.count <= 210)
    }

    @Test("a value comes back from its record")
    func record() throws {
        var starts = StartTimes()
        starts.add(2, StartRate(count: 1000, period: 60_000), at: moment(1_234_567))
        starts.add(1, StartRate(count: 1000, period: 60_000), at: moment(1_300_000))

        #expect(StartTimes(starts.json) == starts)
    }

    @Test(
        "an unreadable record counts as no start",
        arguments: [
            "{}", "[]", "1", #"{"starts":3}"#, #"{"starts":[1]}"#, #"{"starts":["a","b"]}"#,
            #"{"starts":[1,-5]}"#, #"{"starts":[1,99999999]}"#, #"{"starts":[1e400,1],"grain":0}"#,
        ])
    func unreadable(text: String) throws {
        let starts = StartTimes(try JSONText(text))

        #expect(starts.entries.isEmpty)
        #expect(starts.grain >= 1)
    }

    @Test("times at the ends of the range do not trap")
    func extremes() throws {
        let text =
            #"{"grain":9223372036854775807,"starts":[-9223372036854775808,1,9223372036854775807,1]}"#
        var starts = StartTimes(try JSONText(text))
        let rate = StartRate(count: 10_000, period: .max)
        for time in [Timestamp.min, .max] {
            _ = starts.room(rate, at: time)
            _ = starts.nextRoom(rate, at: time)
            _ = starts.takeBack(time)
            starts.add(10_000, rate, at: time)
        }
    }

    private func moment(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds)
    }
}
