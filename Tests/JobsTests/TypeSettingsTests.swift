import JSON
import Jobs
import Testing

@Suite("Settings of types")
struct TypeSettingsTests {
    private func refusal(_ settings: (inout TypeSettings) -> Void) -> String? {
        var limited = TypeSettings()
        settings(&limited)
        do {
            try limited.checkLimits()
            return nil
        } catch .refused(let reason) {
            return reason
        } catch {
            return "\(error)"
        }
    }

    @Test("settings come back as they were written")
    func writing() throws {
        var settings = TypeSettings()
        settings.maxRunning = 3
        settings.maxRunningPerGroup = 1
        settings.maxStarts = StartRate(count: 10_000, period: .max)
        settings.retry = RetryPolicy(backoff: .linear, delay: 0, maxDelay: .max, jitter: 0.5)
        var retention = TypeRetention()
        retention.failed = .min
        settings.retention = retention
        settings.pause = TypePause(
            reason: "rest \u{0}\"", since: Timestamp(milliseconds: 1), until: .max)

        #expect(TypeSettings(settings.json) == settings)
        #expect(TypeSettings(settings.json).sound == settings)
        #expect(TypeSettings(TypeSettings().json) == TypeSettings())
    }

    @Test("values out of range are refused by name")
    func refusals() {
        #expect(refusal { $0.maxRunning = 0 } == "max_running must be from 1 to 2147483647")
        #expect(
            refusal { $0.maxRunningPerGroup = .max }
                == "max_running_per_group must be from 1 to 2147483647")
        #expect(
            refusal { $0.maxStarts = StartRate(count: 10_001, period: 1) }
                == "max_starts.count must be from 1 to 10000")
        #expect(
            refusal { $0.maxStarts = StartRate(count: 1, period: 0) }
                == "max_starts.period must be at least 1")
        #expect(
            refusal { $0.retry = RetryPolicy(jitter: .nan) } == "retry.jitter must be from 0 to 1")
        #expect(
            refusal {
                $0.maxRunning = 1
                $0.maxStarts = StartRate(count: 1, period: .max)
                $0.retention = TypeRetention()
            } == nil)
    }

    @Test("stored values out of range have no effect, and do not hide the others")
    func soundness() throws {
        let settings = TypeSettings(
            try JSONText(
                """
                {"max_running": -1, "max_running_per_group": 2, "max_starts": {"count": 99999, \
                "period": 5}, "retry": {"delay": -1, "jitter": 7, "max_delay": 3, "backoff": "x"}, \
                "retention": {"failed": -5, "completed": "x"}, "paused": 5}
                """)
        ).sound

        var retention = TypeRetention()
        retention.failed = -5
        #expect(settings.maxRunning == nil)
        #expect(settings.maxRunningPerGroup == 2)
        #expect(settings.maxStarts == StartRate(count: 10_000, period: 5))
        #expect(settings.retry == RetryPolicy(maxDelay: 3))
        #expect(settings.retention == retention)
        #expect(settings.pause == nil)
        #expect(settings.limits != nil)
        for rate in [#"{"count":0,"period":5}"#, #"{"count":5,"period":0}"#] {
            #expect(TypeSettings(try JSONText("{\"max_starts\":\(rate)}")).sound.maxStarts == nil)
        }
    }

    @Test("a change sets and takes away single settings, and keeps the others")
    func changes() {
        var settings = TypeSettings()
        settings.maxRunning = 3
        settings.maxRunningPerGroup = 2
        settings.pause = TypePause(since: Timestamp(milliseconds: 0))
        var change = TypeChange()
        change.maxRunning = .remove
        change.retry = .set(RetryPolicy(delay: 5))

        let changed = settings.applying(change)

        settings.maxRunning = nil
        settings.retry = RetryPolicy(delay: 5)
        #expect(changed == settings)
        #expect(settings.applying(TypeChange()) == settings)
    }

    @Test("a further pause keeps the beginning of one that is in effect")
    func pausing() {
        let time = { Timestamp(milliseconds: $0) }
        let first = TypeSettings().paused(reason: "a", until: time(10), at: time(1))

        let second = first.paused(reason: nil, until: nil, at: time(9))
        let later = first.paused(reason: "b", until: time(30), at: time(10))

        #expect(first.pause == TypePause(reason: "a", since: time(1), until: time(10)))
        #expect(second.pause == TypePause(since: time(1)))
        #expect(later.pause == TypePause(reason: "b", since: time(10), until: time(30)))
        #expect(first.current(at: time(9)) == first)
        #expect(first.current(at: time(10)) == TypeSettings())
    }
}
