import Jobs
import JobsTestSupport
import Testing

@Suite("The order of reasons for which a job is not running")
struct ExplanationOrderTests {
    private typealias Step = (
        code: JobExplanation.Code, step: (inout JobCircumstances) -> Void
    )

    private static let now = Timestamp.noon()

    private static func ago(_ milliseconds: Int64) -> Timestamp {
        now.advanced(by: -milliseconds)
    }

    @Test("the first reason in the order of claims counts")
    func precedence() {
        // From the last reason to the first; each is added to those before it.
        let steps: [Step] = [
            (.noWorkers, { $0.claims = TypeClaims() }),
            (.lapsed, { $0.job.lockedUntil = Self.ago(1000) }),
            (
                .groupLimit,
                {
                    $0.job.group = "acme"
                    $0.settings.maxRunningPerGroup = 1
                    $0.runningInGroup = 1
                }
            ),
            (
                .rateLimit,
                {
                    $0.settings.maxStarts = StartRate(count: 1, period: 1000)
                    $0.starts.count = 1
                }
            ),
            (
                .typeLimit,
                {
                    $0.settings.maxRunning = 1
                    $0.running = 1
                }
            ),
            (.paused, { $0.settings.pause = TypePause(since: Self.ago(1000)) }),
            (.exhausted, { $0.job.retries = 10 }),
            (.expired, { $0.job.executeUntil = Self.ago(500) }),
            (.running, { $0.job.lockedUntil = Self.now.advanced(by: 1000) }),
            (.cancelled, { $0.job.cancelled = Self.ago(1) }),
            (.failed, { $0.job.failed = Self.ago(1) }),
            (.completed, { $0.job.completed = Self.ago(1) }),
        ]
        var found = JobCircumstances(
            job: .sample(type: "mail"), now: Self.now, maxRetries: 10)
        for (code, step) in steps {
            step(&found)
            #expect(found.code == code)
            #expect(found.explanation.code == code)
        }

        var delayed = JobCircumstances(
            job: .sample(type: "mail"), now: Self.now, maxRetries: 10)
        delayed.job.delayedUntil = Self.now.advanced(by: 1)
        delayed.settings.pause = TypePause(since: Self.ago(1000))
        #expect(delayed.code == .delayed)
        delayed.job.retries = 10
        #expect(delayed.code == .exhausted)
    }
}
