import JSON
import Jobs
import JobsTestSupport
import Testing

@Suite("Explanations of jobs")
struct JobCircumstancesTests {
    static let now = Timestamp(milliseconds: 1_795_521_600_000)

    static func ago(_ milliseconds: Int64) -> Timestamp {
        now.advanced(by: -milliseconds)
    }

    /// A ready job of a type that workers ask for, with changes.
    func explained(_ edit: (inout JobCircumstances) -> Void = { _ in }) -> JobExplanation {
        var job = Job.sample(type: "mail")
        job.created = Self.ago(180_000)
        var found = JobCircumstances(job: job, now: Self.now, maxRetries: 10)
        found.claims = TypeClaims(last: Self.ago(20_000), notedSince: Self.ago(3_600_000))
        edit(&found)
        return found.explanation
    }

    func details(_ explanation: JobExplanation) -> String {
        explanation.details.description
    }

    @Test("the next job is ready")
    func ready() {
        let quiet = explained()
        let awaited = explained { $0.claims.waiting = 3 }

        #expect(quiet.code == .ready && quiet.state == .ready)
        #expect(
            quiet.message
                == """
                The job is ready: the next claim of type "mail" gets it. The last claim came 20 seconds ago.
                """)
        #expect(quiet.since == Self.ago(180_000) && quiet.until == nil)
        #expect(details(quiet) == #"{"ahead":0,"waiting_claims":0}"#)
        #expect(awaited.message.hasSuffix("gets it. 3 claims wait."))
    }

    @Test(
        "a ready job tells how many are in front",
        arguments: [
            (1, "1 job of type \"mail\" is in front of it", #""ahead":1"#),
            (12, "12 jobs of type \"mail\" are in front of it", #""ahead":12"#),
            (1000, "1000 jobs of type \"mail\" are in front of it", #""ahead":1000"#),
            (
                1001, "more than 1000 jobs of type \"mail\" are in front of it",
                #""ahead":1000,"is_more":true"#
            ),
        ])
    func ahead(count: Int, text: String, details: String) {
        let explanation = explained { $0.ahead = count }

        #expect(explanation.code == .ready)
        #expect(explanation.message.hasPrefix("The job is ready: \(text)."))
        #expect(explanation.details.description.contains(details))
    }

    @Test("a delayed job tells how long it waits, and for which failure")
    func delayed() {
        let plain = explained { $0.job.delayedUntil = Self.now.advanced(by: 300_000) }
        let failed = explained { found in
            found.job.delayedUntil = Self.now.advanced(by: 5000)
            found.job.retries = 2
            found.job.error = AttemptError(type: "Timeout", message: "too slow")
            found.job.attempts = [
                Attempt(
                    number: 2, started: Self.ago(9000), ended: Self.ago(1000), outcome: .failed)
            ]
        }

        #expect(plain.code == .delayed && plain.until == Self.now.advanced(by: 300_000))
        #expect(plain.message == "The job is delayed: claims get it in 5 minutes.")
        #expect(failed.code == .delayed && failed.since == Self.ago(1000))
        #expect(
            failed.message
                == """
                Attempt 2 failed, and claims get the job in 5 seconds. The last error is "Timeout: too slow".
                """)
        #expect(failed.job.attempts.isEmpty)
        #expect(details(failed).contains(#""error":{"type":"Timeout","message":"too slow"}"#))
    }

    @Test("a running job tells who holds it")
    func running() {
        let lease = { (found: inout JobCircumstances) in
            found.job.started = Self.ago(180_000)
            found.job.lockedUntil = Self.now.advanced(by: 20_000)
            found.job.retries = 1
        }
        let named = explained { found in
            lease(&found)
            found.job.worker = "w1"
        }
        let cancelling = explained { found in
            lease(&found)
            found.job.cancelRequested = Self.ago(5000)
        }

        #expect(named.code == .running && named.state == .running)
        #expect(
            named.message
                == """
                Worker "w1" has held the job for 3 minutes; its lease ends in 20 seconds, unless it is \
                extended.
                """)
        #expect(named.since == Self.ago(180_000))
        #expect(named.until == Self.now.advanced(by: 20_000))
        #expect(details(named) == #"{"retries":1,"worker":"w1"}"#)
        #expect(cancelling.message.hasPrefix("A worker has held the job"))
        #expect(
            cancelling.message.hasSuffix(
                "Its cancellation was requested 5 seconds ago and takes effect when the lease ends."
            ))
    }

    @Test("a job whose lease has lapsed tells since when")
    func lapsed() {
        let explanation = explained { found in
            found.job.started = Self.ago(180_000)
            found.job.lockedUntil = Self.ago(60_000)
            found.job.retries = 1
            found.job.worker = "w1"
        }

        #expect(explanation.code == .lapsed && explanation.state == .ready)
        #expect(explanation.since == Self.ago(60_000))
        #expect(
            explanation.message
                == """
                The lease of worker "w1" lapsed 60 seconds ago without a result, so the job is ready \
                again: the next claim of type "mail" gets it.
                """)
    }

    @Test("a paused job tells since when and why")
    func paused() {
        let own = explained { found in
            found.settings.pause = TypePause(
                reason: "the mail server is down", since: Self.ago(240_000),
                until: Self.now.advanced(by: 7_200_000))
            found.pauseOfAllTypes = TypePause(since: Self.ago(1000))
        }
        let all = explained { $0.pauseOfAllTypes = TypePause(since: Self.ago(240_000)) }
        let ended = explained { found in
            found.settings.pause = TypePause(since: Self.ago(9000), until: Self.now)
        }

        #expect(own.code == .paused && own.since == Self.ago(240_000))
        #expect(
            own.message
                == """
                Type "mail" has been paused for 4 minutes: the mail server is down. It ends in 2 hours.
                """)
        #expect(
            details(own) == #"{"all_types":false,"reason":"the mail server is down"}"#)
        #expect(all.message == "All types of jobs have been paused for 4 minutes.")
        #expect(details(all) == #"{"all_types":true}"#)
        #expect(ended.code == .ready)
    }

    @Test("limits are told with their numbers")
    func limits() {
        let type = explained { found in
            found.settings.maxRunning = 5
            found.running = 5
        }
        let group = explained { found in
            found.settings.maxRunningPerGroup = 1
            found.job.group = "acme"
            found.runningInGroup = 1
        }
        let rate = explained { found in
            found.settings.maxStarts = StartRate(count: 100, period: 3_600_000)
            found.starts = RecentStarts(count: 100, roomAt: Self.now.advanced(by: 180_000))
        }

        #expect(type.code == .typeLimit)
        #expect(
            type.message
                == "Type \"mail\" has reached its limit: 5 of at most 5 jobs are running.")
        #expect(details(type) == #"{"running":5,"max_running":5}"#)
        #expect(group.code == .groupLimit)
        #expect(
            group.message
                == """
                Group "acme" of type "mail" has reached its limit: 1 of at most 1 jobs are running.
                """)
        #expect(
            details(group) == #"{"running":1,"max_running_per_group":1,"group":"acme"}"#)
        #expect(rate.code == .rateLimit && rate.until == Self.now.advanced(by: 180_000))
        #expect(
            rate.message
                == """
                Type "mail" has reached its limit of 100 starts in 60 minutes. The next start is \
                possible in 3 minutes.
                """)
        #expect(details(rate) == #"{"starts":100,"count":100,"period":3600000}"#)
    }

    @Test("a limit that is not reached, and that of groups for a job without one, keep no job")
    func limitsWithRoom() {
        let explanation = explained { found in
            found.settings.maxRunning = 5
            found.running = 4
            found.settings.maxRunningPerGroup = 1
            found.runningInGroup = 7
            found.job.group = ""
            found.settings.maxStarts = StartRate(count: 2, period: 1000)
            found.starts.count = 1
        }

        #expect(explanation.code == .ready)
    }

    @Test("without a claim for ten minutes there are no workers, unless some wait")
    func workers() {
        let late = explained { $0.claims.last = Self.ago(600_000) }
        let inTime = explained { $0.claims.last = Self.ago(599_999) }
        let never = explained { $0.claims = TypeClaims(notedSince: Self.ago(180_000)) }
        let longNever = explained { $0.claims = TypeClaims(notedSince: Self.ago(3_600_000)) }
        let waiting = explained { $0.claims = TypeClaims(waiting: 1) }

        #expect(late.code == .noWorkers && late.since == Self.ago(600_000))
        #expect(
            late.message == "No worker has asked for jobs of type \"mail\" for 10 minutes.")
        #expect(inTime.code == .ready)
        #expect(never.code == .noWorkers && never.since == nil)
        #expect(
            never.message
                == """
                No worker has asked for jobs of type "mail" since the service started 3 minutes ago.
                """)
        #expect(longNever.message.hasSuffix("for more than an hour."))
        #expect(waiting.code == .ready)
    }

    @Test("long names and errors do not make long messages")
    func lengths() {
        let name = String(repeating: "a", count: 1000)
        let explanation = explained { found in
            found.job.type = name
            found.job.failed = Self.now
            found.job.error = AttemptError(type: name, message: name)
        }
        let other = explained { $0.job.type = name }

        #expect(explanation.message.count < 500)
        #expect(other.message.count < 500)
        #expect(explanation.job.type == name)
    }

    @Test("an explanation is written as the wire has it")
    func json() throws {
        let explanation = explained { $0.job.executeUntil = Self.ago(1000) }
        var json = JSONWriter(capacity: 1024)
        json.explanation(explanation)
        let value = try #require(json.text.value(recordedDepth: 2))

        #expect(
            value.members.map(\.name) == ["job", "state", "code", "message", "since", "details"])
        #expect(value["job"]?["attempts"] == nil)
        #expect(value["code"]?.string == "EXPIRED")
        #expect(value["since"]?.string == "2026-11-24T11:59:59.000Z")
    }
}
