import Jobs
import JobsEngine
import Logging
import Testing

extension StoreRequirement {
    /// What is told of types and of single jobs, as a controller on the store tells it.
    static let types: [StoreRequirement] = [
        StoreRequirement("a type has its jobs, its settings, its workers and its claims") { store in
            let controller = JobsController(persistence: store.jobs)
            for _ in 0..<3 { try await store.add() }
            try await store.add(type: "Mail", delay: 600_000)
            let started = try #require(
                try await controller.claim(Claim(type: "mail", timeout: 60_000, worker: "w1"))
                    .first)
            _ = try await controller.claim(Claim(type: "none", timeout: 60_000, worker: "w2"))
            var change = TypeChange()
            change.maxRunning = .set(5)
            try await controller.set("set", change)
            try await controller.pause("mail", reason: "rest")

            let page = try await controller.types(TypeQuery(wantsTotal: true))

            #expect(page.types.map(\.type) == ["Mail", "mail", "none", "set"])
            #expect(page.total == 4 && page.pause == nil)
            let mail = page.types[1]
            #expect(mail.counts.ready == 2 && mail.counts.running == 1)
            #expect(mail.counts.workers.isEmpty)
            #expect(mail.pause?.reason == "rest" && mail.limits == nil && mail.waiting == 0)
            #expect(mail.workers.map(\.worker) == ["w1"] && mail.workers[0].running == 1)
            let start = try #require(started.job.started)
            let last = try #require(mail.lastClaim)
            #expect(abs(last.milliseconds - start.milliseconds) < 60_000)
            #expect(page.types[0].counts.delayed == 1 && page.types[0].lastClaim == nil)
            #expect(page.types[2].counts == JobCounts() && page.types[2].lastClaim != nil)
            #expect(page.types[2].workers.map(\.worker) == ["w2"])
            #expect(page.types[3].limits == TypeLimits(maxRunning: 5))
            #expect(try await controller.status(of: "mail").counts.ready == 2)
        },
        StoreRequirement("a list of types shows what was done before") { store in
            let controller = JobsController(persistence: store.jobs)
            for count in 1...5 {
                try await store.add()
                // A count that takes long on a busy machine is kept for a while.
                try await whenSo {
                    try await controller.types().types.first?.counts.ready == count
                }
            }
        },
        StoreRequirement("the pause of all types is told with the types") { store in
            let controller = JobsController(persistence: store.jobs)
            try await store.add()
            try await controller.pause("*", reason: "all")

            let page = try await controller.types()

            #expect(page.pause?.reason == "all")
            #expect(page.types.map(\.type) == ["*", "mail"])
            #expect(page.types.map(\.pause?.reason) == ["all", nil])
        },
        StoreRequirement("a job is explained by its place in the line") { store in
            let controller = JobsController(persistence: store.jobs)
            let jobs = [try await store.add(), try await store.add(), try await store.add()]
            #expect(try await controller.explain(jobs[0].id)?.code == .noWorkers)
            _ = try await controller.claim(Claim(type: "mail", timeout: 60_000, worker: "w1"))

            let running = try #require(try await controller.explain(jobs[0].id))
            let next = try #require(try await controller.explain(jobs[1].id))
            let last = try #require(try await controller.explain(jobs[2].id))
            _ = try await store.complete(jobs[0].id)
            let completed = try #require(try await controller.explain(jobs[0].id))

            #expect(running.code == .running && running.message.contains("\"w1\""))
            #expect(running.until == running.job.lockedUntil)
            #expect(next.code == .ready && next.message.contains("the next claim"))
            #expect(last.code == .ready && last.message.contains("1 job of type \"mail\" is in"))
            #expect(completed.code == .completed)
            #expect(try await controller.explain(JobID("unknown")) == nil)
        },
        StoreRequirement("a job is explained by what keeps it from claims") { store in
            let controller = JobsController(persistence: store.jobs, options: .init(maxRetries: 2))
            let new = (0..<4).map { NewJob(type: "mail", refID: "\($0)", group: "g\($0 / 2)") }
            let ids = try await controller.add(new).map { try $0.get().id }
            for id in [ids[0], ids[2]] {
                _ = try await controller.start(Start(id, timeout: 600_000))
            }
            let code = { (id: JobID) in try await controller.explain(id)?.code }
            var change = TypeChange()

            change.maxRunningPerGroup = .set(1)
            try await controller.set("mail", change)
            #expect(try await code(ids[1]) == .groupLimit)
            change.maxRunning = .set(2)
            try await controller.set("mail", change)
            let limited = try #require(try await controller.explain(ids[1]))
            #expect(limited.code == .typeLimit && limited.message.contains("2 of at most 2 "))
            change.maxRunning = .set(3)
            change.maxRunningPerGroup = .set(2)
            try await controller.set("mail", change)
            // Two jobs were started lately, so there are workers.
            #expect(try await code(ids[1]) == .ready)
            try await controller.pause("*")
            #expect(try await code(ids[1]) == .paused)
            #expect(try await code(ids[0]) == .running)
            try await controller.resume("*")

            let failing = Act.fail(Failure(retry: false))
            _ = try await controller.change(JobChange(ids[0], failing))
            #expect(try await code(ids[0]) == .failed)
            _ = try await controller.change(JobChange(ids[1], .cancel))
            #expect(try await code(ids[1]) == .cancelled)
            for _ in 0..<2 { _ = try await controller.start(Start(ids[3], timeout: 0)) }
            // An instance knows the time of the server to some milliseconds.
            try await store.pass(milliseconds: 50)
            #expect(try await code(ids[3]) == .exhausted)
        },
        StoreRequirement("a job is explained by the starts that its type had lately") { store in
            let controller = JobsController(persistence: store.jobs)
            var change = TypeChange()
            change.maxStarts = .set(StartRate(count: 1, period: 600_000))
            try await controller.set("mail", change)
            let jobs = [try await store.add(), try await store.add()]
            #expect(try await controller.claim(Claim(type: "mail", timeout: 60_000)).count == 1)

            let limited = try #require(try await controller.explain(jobs[1].id))

            #expect(limited.code == .rateLimit)
            let until = try #require(limited.until)
            #expect((1...600_000).contains(until.milliseconds(since: try await store.jobs.now())))
            change.maxStarts = .remove
            try await controller.set("mail", change)
            #expect(try await controller.explain(jobs[1].id)?.code == .ready)
        },
        StoreRequirement("a job is explained by times") { store in
            let controller = JobsController(persistence: store.jobs)
            let code = { (id: JobID) in try await controller.explain(id)?.code }
            let delayed = try await store.add(delay: 600_000)
            let short = try await store.add(ttl: 300)
            let lapsing = try await store.add()
            _ = try await controller.start(Start(lapsing.id, timeout: 300))
            #expect(try await code(delayed.id) == .delayed)
            try await store.pass(milliseconds: 500)

            let lapsed = try #require(try await controller.explain(lapsing.id))

            #expect(lapsed.code == .lapsed && lapsed.since == lapsed.job.lockedUntil)
            #expect(try await code(short.id) == .expired)
        },
        StoreRequirement("instances see each other's workers and waiting claims") { store in
            guard store.jobs.records.areShared else { return }
            let instances = store.instances.map { WaitingJobsPersistence($0) }
            let controllers = instances.map { JobsController(persistence: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for instance in instances {
                    group.addTask {
                        let logger = Logger(label: "reports") { _ in SwiftLogNoOpLogHandler() }
                        await instance.reportClaims(logger: logger, every: .milliseconds(50))
                    }
                }
                for (number, controller) in controllers.enumerated() {
                    group.addTask {
                        _ = try await controller.claim(
                            Claim(type: "mail", timeout: 1000, worker: "w\(number)"),
                            ClaimWait(milliseconds: 60_000))
                    }
                }
                let names = instances.indices.map { "w\($0)" }
                for controller in controllers {
                    try await whenSo {
                        let status = try await controller.status(of: "mail")
                        return status.waiting == instances.count
                            && status.workers.map(\.worker).sorted() == names
                    }
                }
                group.cancelAll()
            }

            // Every instance has removed its report.
            #expect(try await store.jobs.records.records(of: .instance) == [])
        },
    ]

    private static func whenSo(_ isSo: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !isSo() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
