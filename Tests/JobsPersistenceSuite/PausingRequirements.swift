import Jobs
import JobsEngine
import JobsTestSupport
import Testing

extension StoreRequirement {
    /// Pauses of types, as a controller on the store carries them out.
    static let pausing: [StoreRequirement] = [
        StoreRequirement("a paused type is not claimed by any instance, but added and started") {
            store in
            let controllers = store.controllers
            let job = try await store.add()
            try await store.add(type: "other")
            _ = try await controllers[0].claim(Claim(type: "none", timeout: 1))

            let settings = try await controllers[0].pause("mail", reason: "rest")
            let added = try await controllers[0].add(NewJob(type: "mail", refID: "2"))

            #expect(settings.pause?.reason == "rest")
            for controller in controllers {
                #expect(try await controller.claim(.mail).isEmpty)
                #expect(try await controller.settings(of: "mail") == settings)
            }
            let other = try await controllers[0].claim(Claim(type: "other", timeout: 60_000))
            let byID = try await controllers[0].start(Start(added.id, timeout: 60_000))
            #expect(other.count == 1)
            #expect(byID?.job.id == added.id)

            try await controllers[0].resume("mail")

            #expect(try await controllers[0].settings(of: "mail") == TypeSettings())
            let last = try #require(controllers.last)
            try await eventually {
                try await last.claim(.mail).first?.job.id == job.id
            }
        },
        StoreRequirement("the pauses of a type and of all types are independent") { store in
            let controller = store.controllers[0]
            try await store.add()
            try await store.add(type: "other")
            let other = Claim(type: "other", timeout: 0)

            try await controller.pause("*", reason: "all")
            try await controller.pause("mail")
            #expect(try await controller.claim(.mail).isEmpty)
            #expect(try await controller.claim(other).isEmpty)
            #expect(try await controller.settings().map(\.type) == ["*", "mail"])

            try await controller.resume("*")
            #expect(try await controller.claim(.mail).isEmpty)
            #expect(try await controller.claim(other).count == 1)

            try await controller.pause("*")
            try await controller.resume("mail")
            #expect(try await controller.claim(.mail).isEmpty)
            try await controller.resume("*")
            #expect(try await controller.claim(.mail).count == 1)
            #expect(try await controller.settings().isEmpty)
        },
        StoreRequirement("a pause ends by itself, by the clock of the store") { store in
            let controller = store.controllers[0]
            try await store.add()
            let until = try await controller.now().advanced(by: 3000)

            try await controller.pause("mail", until: until)
            #expect(try await controller.claim(.mail).isEmpty)
            #expect(try await controller.settings(of: "mail").pause?.until == until)
            try await store.pass(milliseconds: 3000)

            #expect(try await controller.claim(.mail).count == 1)
            #expect(try await controller.settings(of: "mail").pause == nil)
            #expect(try await controller.settings().isEmpty)
            // The next pause is another one, and begins later.
            try await controller.pause("mail")
            let since = try await controller.settings(of: "mail").pause?.since
            #expect(try #require(since) >= until)
        },
        StoreRequirement("pausing again replaces the reason and the end, not the beginning") {
            store in
            let controller = store.controllers[0]
            let now = try await controller.now()
            try await controller.pause("mail", reason: "a", until: now.advanced(by: 3_600_000))
            let first = try #require(try await controller.settings(of: "mail").pause)
            try await store.pass(milliseconds: 5)

            try await controller.pause("mail", reason: "b")

            let second = try await controller.settings(of: "mail").pause
            #expect(second == TypePause(reason: "b", since: first.since))
        },
        StoreRequirement("a pause in the past, or with a text that is too long, is refused") {
            store in
            let controller = store.controllers[0]
            let long = String(repeating: "\u{1F469}", count: 1001)
            let now = try await controller.now()

            await #expect(throws: JobsError.refused(reason: "until must be in the future")) {
                try await controller.pause("mail", until: now)
            }
            await #expect(
                throws: JobsError.refused(reason: "reason must have at most 1000 characters")
            ) {
                try await controller.pause("mail", reason: long)
            }
            await #expect(throws: JobsError.self) {
                try await controller.pause(String(repeating: "t", count: 1025))
            }
            #expect(try await controller.settings().isEmpty)
        },
        StoreRequirement("a claim waits through a pause, and wakes when the pause is ended") {
            store in
            let controllers = store.waiting
            try await store.add()
            let resuming = JobsController(persistence: controllers[0])
            let waiting = try #require(controllers.last)
            try await resuming.pause("mail")

            try await following(controllers) {
                async let claimed = waiting.claim(.mail, ClaimWait(milliseconds: 60_000))
                try await eventually { waiting.waitingCount == 1 }
                _ = try await resuming.add(NewJob(type: "mail", refID: "2"))
                try await Task.sleep(for: .milliseconds(50))
                #expect(waiting.waitingCount == 1)
                try await resuming.resume("mail")
                let start = ContinuousClock.now

                #expect(try await claimed.count == 1)
                // A second at most , and time for a busy machine.
                #expect(start.duration(to: .now) < .seconds(5))
            }
        },
    ]
}

extension StoreUnderTest {
    /// A controller of each instance.
    var controllers: [JobsController] { instances.map { JobsController(persistence: $0) } }
}

extension Claim {
    fileprivate static let mail = Claim(type: "mail", timeout: 60_000)
}
