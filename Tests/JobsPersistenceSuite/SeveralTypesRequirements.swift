import Jobs
import JobsEngine
import JobsTestSupport
import Testing

extension StoreRequirement {
    /// Claims of jobs of one of several types.
    static let severalTypes: [StoreRequirement] = [
        StoreRequirement("a claim of several types starts jobs of the first one that has some") {
            store in
            let controller = store.controllers[0]
            let low = try await store.add(type: "low", priority: 9)
            let high = try await store.add(type: "high")
            let more = try await store.add(type: "high", refID: "2")
            var claim = Claim(["none", "high", "low", "high"])
            claim.limit = 10

            let first = try await controller.claim(claim)
            let second = try await controller.claim(claim)
            let third = try await controller.claim(claim)

            #expect(Set(first.map(\.job.id)) == [high.id, more.id])
            #expect(second.map(\.job.id) == [low.id])
            #expect(third.isEmpty)
        },
        StoreRequirement("a claim of several types passes over a type that is paused or full") {
            store in
            let controller = store.controllers[0]
            for type in ["paused", "full", "open"] { try await store.add(type: type) }
            try await controller.pause("paused")
            var full = TypeChange()
            full.maxRunning = .set(1)
            _ = try await controller.set("full", full)
            try await store.add(type: "full", refID: "2")
            _ = try await controller.claim(Claim(["full"]))

            try await eventually {
                try await controller.claim(Claim(["paused", "full", "open"])).first?.job.type
                    == "open"
            }
        },
        StoreRequirement("a claim waits for jobs of all its types, and leaves all of them") {
            store in
            let waiting = store.waiting[0]

            for type in ["a", "b", "c"] {
                let claim = Claim(["a", "b", "c"])
                async let claimed = waiting.claim(claim, ClaimWait(milliseconds: 60_000))
                try await eventually { waiting.waitingCount == 3 }
                _ = try await waiting.add([NewJob(type: type, refID: "1")])

                #expect(try await claimed.map(\.job.type) == [type])
                #expect(waiting.waitingCount == 0)
            }
        },
        StoreRequirement("a claim gets jobs of one type if all its types get some at once") {
            store in
            let waiting = store.waiting[0]
            let types = ["a", "b", "c", "d"]

            for round in 1...20 {
                async let claimed = waiting.claim(Claim(types), ClaimWait(milliseconds: 60_000))
                try await eventually { waiting.waitingCount == types.count }
                await withTaskGroup { group in
                    for type in types {
                        group.addTask {
                            _ = try? await waiting.add([NewJob(type: type, refID: "\(round)")])
                        }
                    }
                }
                let started = try await claimed
                #expect(started.count == 1)
                #expect(waiting.waitingCount == 0)

                // The other jobs are ready, as if they had never been started.
                var rest: [StartedJob] = []
                for type in types where type != started.first?.job.type {
                    rest += try await waiting.claim(Claim([type]), ClaimWait(milliseconds: 60_000))
                }
                #expect(rest.count == types.count - 1)
                #expect(rest.allSatisfy { $0.job.retries == 1 })
                for job in started + rest { _ = try await waiting.delete(job.job.id) }
            }
        },
        StoreRequirement("a claim of several types that ends or is cancelled leaves all of them") {
            store in
            let waiting = store.waiting[0]

            let ended = try await waiting.claim(Claim(["a", "b"]), ClaimWait(milliseconds: 20))
            #expect(ended.isEmpty)
            #expect(waiting.waitingCount == 0)

            let claim = Task {
                try await waiting.claim(Claim(["a", "b"]), ClaimWait(milliseconds: 60_000))
            }
            try await eventually { waiting.waitingCount == 2 }
            claim.cancel()
            #expect(try await claim.value.isEmpty)
            #expect(waiting.waitingCount == 0)
        },
        StoreRequirement("a repeated claim of several types gets the jobs that it has") { store in
            let controllers = store.controllers
            let repeating = try #require(controllers.last)
            let job = try await store.add(type: "low")
            var claim = Claim(["high", "low", "none"])
            claim.requestID = "r"
            let first = try await controllers[0].claim(claim)
            let preferred = try await store.add(type: "high")

            let again = try await repeating.claim(claim, ClaimWait(milliseconds: 1000))

            #expect(first.map(\.job.id) == [job.id])
            #expect(again.map(\.lockToken) == first.map(\.lockToken))
            #expect(try await store.jobs.get(preferred.id)?.retries == 0)
            #expect(try await store.start(type: "high")?.job.id == preferred.id)
            // After its jobs have ended, the claim starts nothing more.
            let lease = LeaseReference(id: job.id, lockToken: first.first?.lockToken)
            _ = try await controllers[0].change([JobChange(lease, .complete)])
            try await store.add(type: "high", refID: "2")
            #expect(try await repeating.claim(claim).isEmpty)
        },
        StoreRequirement("a claim of several types at several instances is served once") { store in
            for round in 1...10 {
                try await store.add(type: "a", refID: "\(round)")
                try await store.add(type: "b", refID: "\(round)")
                var claim = Claim(["none", "a", "b"])
                claim.requestID = "\(round)"
                let controllers = store.controllers
                let served = try await withThrowingTaskGroup(of: [LockToken].self) { group in
                    for number in 0..<6 {
                        let controller = controllers[number % controllers.count]
                        group.addTask { [claim] in
                            try await controller.claim(claim).map(\.lockToken)
                        }
                    }
                    return try await group.reduce(into: Set<[LockToken]>()) { $0.insert($1) }
                }
                #expect(served.count == 1)
                #expect(served.first?.count == 1)
            }
        },
    ]
}

extension Claim {
    /// A claim of the first of several types that has jobs.
    fileprivate init(_ types: [String]) {
        self.init(type: types.first ?? "", timeout: 60_000)
        alternatives = Array(types.dropFirst())
    }
}
