import JSON
import Jobs
import Testing

@testable import JobsEngine

@Suite("What is known of the settings of types")
struct SettingsKnowledgeTests {
    private let start = ContinuousClock.now
    private let mail = ExactText("mail")

    private func record(_ key: String, _ version: Int64, _ value: String) throws -> Record {
        Record(key: key, version: version, value: try JSONText(value))
    }

    private func at(_ milliseconds: Int64) -> ContinuousClock.Instant {
        start + .milliseconds(milliseconds)
    }

    @Test("shared settings are used for a second from the start of their read")
    func age() {
        var knowledge = SettingsKnowledge(isShared: true)
        let step = { (knowledge: SettingsKnowledge, now: Int64) in
            knowledge.step(at: at(now), since: at(now))
        }

        #expect(step(knowledge, 0) == .read)
        _ = knowledge.take([], readAt: at(0))
        #expect(step(knowledge, 500) == .use)
        #expect(step(knowledge, 501) == .useAndRead)
        #expect(step(knowledge, 1000) == .useAndRead)
        #expect(step(knowledge, 1001) == .read)
        _ = knowledge.take([], readAt: at(1001))
        #expect(step(knowledge, 1500) == .use)
    }

    @Test("a call that waited for a slow read uses it if the read began after the call")
    func slowRead() {
        var knowledge = SettingsKnowledge(isShared: true)

        _ = knowledge.take([], readAt: at(100))

        #expect(knowledge.step(at: at(5000), since: at(100)) == .useAndRead)
        #expect(knowledge.step(at: at(5000), since: at(101)) == .read)
    }

    @Test("the settings of a store that only this process uses are read once")
    func unshared() {
        var knowledge = SettingsKnowledge(isShared: false)

        #expect(knowledge.step(at: at(0), since: at(0)) == .read)
        _ = knowledge.take([], readAt: at(0))

        #expect(knowledge.step(at: at(1_000_000), since: at(1_000_000)) == .use)
    }

    @Test("a read reports the types whose settings have changed, and forgets removed ones")
    func changes() throws {
        var knowledge = SettingsKnowledge(isShared: true)
        let limited = try record("mail", 1, #"{"max_running":2}"#)

        #expect(knowledge.take([limited], readAt: at(0)) == [mail])
        #expect(knowledge.take([limited], readAt: at(1)) == [])
        #expect(knowledge.settings?.limits == [mail: TypeLimits(maxRunning: 2)])
        // Another version with the same settings.
        #expect(
            knowledge.take([try record("mail", 2, #"{ "max_running": 2 }"#)], readAt: at(2)) == [])
        #expect(knowledge.take([], readAt: at(3)) == [mail])
        #expect(knowledge.settings == nil)
    }

    @Test("a read that began before a write does not undo it, and a later one does")
    func writes() throws {
        var knowledge = SettingsKnowledge(isShared: true)
        let (old, new) = (
            try record("mail", 1, "{}"), try record("mail", 2, #"{"max_running":2}"#)
        )
        let limits = [mail: TypeLimits(maxRunning: 2)]

        #expect(knowledge.take(written: new, at: at(10)) == [mail])
        #expect(knowledge.take([old], readAt: at(5)) == [])
        #expect(knowledge.settings?.limits == limits)
        #expect(knowledge.take([], readAt: at(6)) == [])
        #expect(knowledge.settings?.limits == limits)
        // An operator has removed the document.
        #expect(knowledge.take([], readAt: at(11)) == [mail])
        #expect(knowledge.settings == nil)
    }

    @Test("the newer of two writes counts, in whichever order they are told")
    func concurrentWrites() throws {
        var knowledge = SettingsKnowledge(isShared: false)

        _ = knowledge.take(written: try record("mail", 3, #"{"max_running":3}"#), at: at(1))
        _ = knowledge.take(written: try record("mail", 2, #"{"max_running":2}"#), at: at(2))
        _ = knowledge.take([], readAt: at(0))

        #expect(knowledge.settings?.limits == [mail: TypeLimits(maxRunning: 3)])
    }

    @Test(
        "no settings are known where records say nothing",
        arguments: ["{}", "[]", #"{"max_running":0}"#, #"{"paused":5,"retry":[]}"#])
    func nothing(value: String) throws {
        var knowledge = SettingsKnowledge(isShared: true)

        #expect(knowledge.take([try record("mail", 1, value)], readAt: at(0)) == [])
        #expect(knowledge.settings == nil)
    }

    @Test("a type is paused by its own pause and by that of all types, until both have ended")
    func pauses() throws {
        let now = Timestamp(milliseconds: 0)
        let until = { TypePause(since: now, until: Timestamp(milliseconds: $0)) }
        let settings = { (own: TypePause?, all: TypePause?) in
            var types: [ExactText: TypeSettings] = [:]
            types[mail, default: TypeSettings()].pause = own
            types[ExactText("*"), default: TypeSettings()].pause = all
            return KnownSettings(types)
        }
        let remaining = { (settings: KnownSettings?, type: String) in
            settings?.pauses(of: ExactText(type)).remaining(at: now)
        }

        #expect(remaining(settings(until(5), until(7)), "mail") == 7)
        #expect(remaining(settings(until(5), until(3)), "mail") == 5)
        #expect(remaining(settings(until(5), TypePause(since: now)), "mail") == .max)
        #expect(remaining(settings(TypePause(since: now), until(5)), "mail") == .max)
        #expect(remaining(settings(until(-5), nil), "mail") == -5)
        #expect(remaining(settings(nil, until(5)), "other") == 5)
        #expect(remaining(settings(until(5), nil), "other") == 0)
        #expect(settings(nil, nil) == nil)
    }
}
