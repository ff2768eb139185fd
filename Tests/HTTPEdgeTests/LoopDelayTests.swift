import NIOCore
import Testing

@testable import HTTPEdge

@Suite("Read delay of an event loop")
struct LoopDelayTests {
    /// A loop that reads requests in rounds.
    private final class Loop {
        private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        private var whenRead: [() -> Void] = []
        private lazy var delay = LoopDelay(longest: .milliseconds(25), now: { [self] in now })

        func sleep(_ time: TimeAmount) {
            now = now + time
        }

        /// Reads the requests of one round.
        /// - Returns: how many of the requests were late.
        func round(of count: Int, each time: TimeAmount) -> Int {
            var late = 0
            for _ in 0..<count {
                if delay.isTooLong(execute: { whenRead.append($0) }) { late += 1 }
                now = now + time
            }
            for action in whenRead { action() }
            whenRead = []
            return late
        }
    }

    @Test("requests of a short round are in time")
    func short() {
        let loop = Loop()

        for _ in 0..<100 { #expect(loop.round(of: 200, each: .microseconds(50)) == 0) }
    }

    @Test("the last requests of a long round and those that arrive during it are late")
    func long() {
        let loop = Loop()

        #expect(loop.round(of: 1000, each: .microseconds(100)) == 749)
        #expect(loop.round(of: 1000, each: .microseconds(1)) == 1000)
        #expect(loop.round(of: 10, each: .microseconds(1)) == 0)
    }

    @Test("requests after an idle time are in time")
    func idle() {
        let loop = Loop()

        _ = loop.round(of: 1000, each: .microseconds(100))
        loop.sleep(.seconds(1))

        #expect(loop.round(of: 100, each: .microseconds(100)) == 0)
    }

    @Test("a loop that was held up is not late for a few requests")
    func heldUp() {
        let loop = Loop()

        for _ in 0..<10 { #expect(loop.round(of: 10, each: .milliseconds(20)) == 0) }
    }
}
