import JSON
import Jobs
import Testing

@Suite("Delays after failed attempts")
struct RetryPolicyTests {
    @Test(
        "each kind of backoff grows in its own way, up to the maximum",
        arguments: [
            (.exponential, [100, 200, 400, 800, 1000, 1000]),
            (.linear, [100, 200, 300, 400, 500, 600]),
            (.constant, [100, 100, 100, 100, 100, 100]), (.none, [0, 0, 0, 0, 0, 0]),
        ] as [(RetryPolicy.Backoff, [Int64])])
    func growth(backoff: RetryPolicy.Backoff, delays: [Int64]) {
        let policy = RetryPolicy(backoff: backoff, delay: 100, maxDelay: 1000, jitter: 0)

        #expect((1...6).map { policy.delay(afterFailures: $0, chance: 0.5) } == delays)
    }

    @Test("what a policy leaves out has its default")
    func defaults() {
        let policy = RetryPolicy()

        #expect(policy.delay(afterFailures: 1, chance: 0) == 1000)
        #expect(policy.delay(afterFailures: 3, chance: 0) == 4000)
        #expect(policy.delay(afterFailures: 100, chance: 0) == 3_600_000)
        #expect(policy.delay(afterFailures: 1, chance: 1) == 1200)
        #expect(policy.delay(afterFailures: 1, chance: -1) == 800)
    }

    @Test("the jitter applies to the maximum as well")
    func jitter() {
        let policy = RetryPolicy(backoff: .constant, delay: 5000, maxDelay: 1000, jitter: 0.5)

        #expect(policy.delay(afterFailures: 1, chance: 1) == 1500)
        #expect(policy.delay(afterFailures: 1, chance: -1) == 500)
    }

    @Test(
        "no number overflows",
        arguments: [Int64.min, -1, 0, 1, .max], [Int.min, 0, 1, 62, 63, 64, 65, .max])
    func extremes(delay: Int64, failures: Int) {
        for backoff in RetryPolicy.Backoff.allCases {
            let policy = RetryPolicy(backoff: backoff, delay: delay, maxDelay: .max, jitter: 1)
            for chance in [-1, 0, 1.0] {
                let found = policy.delay(afterFailures: failures, chance: chance)
                #expect((0...Timestamp.max.milliseconds).contains(found))
            }
        }
    }

    @Test("long names and messages of errors are cut by Unicode scalars")
    func cutting() {
        var error = AttemptError(
            type: String(repeating: "é", count: 201), message: String(repeating: "😀", count: 4001))
        #expect(error.type?.unicodeScalars.count == 200)
        #expect(error.message?.unicodeScalars.count == 4000)

        error.type = String(repeating: "x", count: 200) + "e\u{301}"
        #expect(error.type == String(repeating: "x", count: 200))
    }
}
