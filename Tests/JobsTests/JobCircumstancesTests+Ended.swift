import JSON
import Jobs
import JobsTestSupport
import Testing

/// Jobs that no claim gets any more.
extension JobCircumstancesTests {
    @Test("an exhausted job tells its limit and its last error")
    func exhausted() {
        let service = explained { found in
            found.job.retries = 10
            found.job.error = AttemptError(message: "too slow")
        }
        let own = explained { found in
            found.job.retries = 1
            found.job.maxRetries = 1
            found.job.delayedUntil = Self.now.advanced(by: 1000)
        }

        #expect(service.code == .exhausted)
        #expect(
            service.message
                == """
                The job was started 10 times, and the limit of this service is 10. The last error is \
                "too slow". A replay makes it claimable again.
                """)
        #expect(details(service).hasPrefix(#"{"retries":10,"max_retries":10,"error""#))
        #expect(own.code == .exhausted)
        #expect(own.message.hasPrefix("The job was started once, and its limit is 1."))
    }

    @Test("an expired job tells since when")
    func expired() {
        let explanation = explained { $0.job.executeUntil = Self.ago(180_000) }

        #expect(explanation.code == .expired && explanation.since == Self.ago(180_000))
        #expect(explanation.message.contains("ended 3 minutes ago"))
    }

    @Test("an ended job tells how it ended")
    func ended() {
        let completed = explained { found in
            found.job.completed = Self.ago(86_400_000 * 3)
            found.job.retries = 2
        }
        let failed = explained { found in
            found.job.failed = Self.ago(180_000)
            found.job.retries = 3
            found.job.error = AttemptError(type: "Timeout")
            found.job.attempts = [
                Attempt(
                    number: 3, started: nil, ended: Self.ago(180_000), outcome: .failed,
                    reason: .limit)
            ]
        }
        let cancelled = explained { $0.job.cancelled = Self.ago(1000) }
        let unrecorded = explained { found in
            found.job.started = Self.ago(9000)
            found.job.lockedUntil = Self.ago(1000)
            found.job.cancelRequested = Self.ago(5000)
        }

        #expect(completed.code == .completed && completed.state == .completed)
        #expect(completed.message == "The job was completed 3 days ago at start 2.")
        #expect(failed.code == .failed && failed.since == Self.ago(180_000))
        #expect(
            failed.message
                == """
                The job failed for good 3 minutes ago after 3 starts, which is its limit. The last error \
                is "Timeout". A replay makes it claimable again.
                """)
        #expect(
            details(failed) == #"{"retries":3,"reason":"limit","error":{"type":"Timeout"}}"#)
        for explanation in [cancelled, unrecorded] {
            #expect(explanation.code == .cancelled && explanation.state == .cancelled)
            #expect(explanation.since == Self.ago(1000))
            #expect(explanation.message.hasPrefix("The job was cancelled 1 second ago."))
        }
    }
}
