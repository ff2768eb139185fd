import Jobs
import Synchronization
import Testing

@Suite("The clock that never goes back")
struct SteadyClockTests {
    private final class Machine: Sendable {
        let timeOfDay = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
        let uptime = Mutex(Duration.seconds(5))

        var clock: SteadyClock {
            SteadyClock(
                timeOfDay: { self.timeOfDay.withLock { $0 } },
                uptime: { self.uptime.withLock { $0 } })
        }

        func set(_ milliseconds: Int64) {
            timeOfDay.withLock { $0 = Timestamp(milliseconds: milliseconds) }
        }
    }

    @Test("it follows a time of day that goes forward, also in leaps")
    func forward() {
        let machine = Machine()
        let clock = machine.clock
        for time in [1_800_000_000_000, 1_800_000_000_001, 1_900_000_000_000] as [Int64] {
            machine.set(time)
            #expect(clock.now().milliseconds == time)
        }
    }

    @Test(
        "it goes on at the pace of the uptime, in fractions too, when the time of day is set back")
    func back() {
        let machine = Machine()
        let clock = machine.clock
        #expect(clock.now().milliseconds == 1_800_000_000_000)
        machine.set(0)
        for tenth in Int64(0)..<100 {
            machine.uptime.withLock { $0 = .seconds(5) + .microseconds(tenth * 100) }
            #expect(clock.now().milliseconds == 1_800_000_000_000 + tenth / 10)
        }
    }

    @Test("it stands still while an uptime goes back")
    func uptimeGoesBack() {
        let machine = Machine()
        let clock = machine.clock
        let first = clock.now()
        machine.set(0)
        machine.uptime.withLock { $0 = .zero }
        #expect(clock.now() == first)
    }

    @Test("it shows what it was advanced to, and goes on from there")
    func advance() {
        let machine = Machine()
        let clock = machine.clock
        clock.advance(to: Timestamp(milliseconds: 1_800_000_005_000))
        clock.advance(to: Timestamp(milliseconds: 0))
        #expect(clock.now().milliseconds == 1_800_000_005_000)
        machine.uptime.withLock { $0 += .seconds(1) }
        #expect(clock.now().milliseconds == 1_800_000_006_000)
    }

    @Test(
        "clocks at the ends of their ranges are no trap",
        arguments: [Timestamp.min, .max],
        [Duration.zero, .seconds(Int64.max), .seconds(Int64.min), .milliseconds(-1)])
    func ends(time: Timestamp, uptime: Duration) {
        let clock = SteadyClock(timeOfDay: { time }, uptime: { uptime })
        #expect(clock.now() >= time)
        clock.advance(to: .max)
        #expect(clock.now() == .max)
    }

    @Test("this machine's clocks give the time of day")
    func system() {
        let before = Timestamp.now()
        let clock = SteadyClock()
        let time = clock.now()
        #expect(before <= time)
        // A step of this machine's clock in between would be seen here, and nothing else.
        #expect(time <= Timestamp.now().advanced(by: 1))
    }
}
