import Jobs
import JobsEngine
import Testing

extension StoreRequirement {
    /// Settings of types, as a controller on the store carries them out.
    static let typeSettings: [StoreRequirement] = [
        StoreRequirement("settings are kept type by type, and changed member by member") { store in
            let controllers = store.controllers
            let (first, last) = (controllers[0], controllers[controllers.count - 1])
            var change = TypeChange()
            change.maxRunning = .set(5)
            change.maxStarts = .set(StartRate(count: 3, period: 1000))
            try await first.set("mail", change)
            change = TypeChange()
            change.maxRunning = .remove
            change.maxRunningPerGroup = .set(2)
            try await last.set("mail", change)

            var expected = TypeSettings()
            expected.maxRunningPerGroup = 2
            expected.maxStarts = StartRate(count: 3, period: 1000)
            #expect(try await first.settings(of: "mail") == expected)
            #expect(try await last.settings(of: "other") == TypeSettings())
            change.maxRunningPerGroup = .remove
            change.maxStarts = .remove
            #expect(try await first.set("mail", change) == TypeSettings())
            #expect(try await last.settings().isEmpty)
        },
        StoreRequirement("settings of all types, and values out of range, are refused") { store in
            let controller = store.controllers[0]
            let change = TypeChange.noneRunning

            await #expect(
                throws: JobsError.refused(reason: "max_running must be from 1 to 2147483647")
            ) {
                try await controller.set("mail", change)
            }
            await #expect(throws: JobsError.self) { try await controller.set("*", TypeChange()) }
            let settings = try await controller.settings()
            #expect(settings.isEmpty)
        },
        StoreRequirement("settings that were stored out of range have no effect") { store in
            let value = TypeSettings.outOfRange
            _ = try await store.jobs.records.write(.type, "mail", value.json, over: nil)
            let controller = store.controllers[0]
            try await store.add()

            #expect(try await controller.settings(of: "mail") == TypeSettings())
            let started = try #require(
                try await controller.claim(Claim(type: "mail", timeout: 60_000)).first)
            let failed = try await controller.change(
                JobChange(started.job.id, .fail(Failure())))

            #expect(failed?.delayedUntil != nil)
        },
        StoreRequirement("the delay after a failure is that of the job, the type, the options") {
            store in
            let fixed = { RetryPolicy(backoff: .constant, delay: $0, jitter: 0) }
            let controller = JobsController(
                persistence: store.jobs, options: .init(retry: fixed(300_000)))
            var change = TypeChange()
            change.retry = .set(fixed(200_000))
            try await controller.set("mail", change)
            let jobs = [
                NewJob(type: "mail", refID: "1", retry: fixed(100_000)),
                NewJob(type: "mail", refID: "2"), NewJob(type: "other", refID: "3"),
                NewJob(type: "mail", refID: "4"), NewJob(type: "mail", refID: "5"),
            ]
            var ids: [JobID] = []
            for job in jobs {
                let id = try await controller.add(job).id
                _ = try await controller.start(Start(id, timeout: 60_000))
                ids.append(id)
            }

            let results = try await controller.change(
                ids.enumerated().map { index, id in
                    var failure = Failure()
                    if index == 3 { failure.delay = 400_000 }
                    if index == 4 { failure.retry = false }
                    return JobChange(id, .fail(failure))
                })

            let delays = try results.map { try $0.get()?.attempts.last?.delay }
            #expect(delays == [100_000, 200_000, 300_000, 400_000, nil])
        },
        StoreRequirement("ended jobs are kept for the retention of their type") { store in
            let controller = JobsController(
                persistence: store.jobs,
                options: .init(
                    retention: Retention(completed: 0, failed: 0, cancelled: 0, expired: 0)))
            var long = TypeRetention()
            (long.completed, long.failed) = (600_000, 600_000)
            var other = TypeRetention()
            (other.cancelled, other.expired) = (600_000, 600_000)
            for (type, retention) in [("mail", long), ("other", other)] {
                var change = TypeChange()
                change.retention = .set(retention)
                try await controller.set(type, change)
            }
            for type in ["mail", "other", "plain"] {
                let ids = try await store.jobs.add(
                    (0..<3).map { NewJob(type: type, refID: "\($0)") }
                ).map { try $0.get().id }
                try await store.add(type: type, ttl: 1)
                _ = try await controller.start(Start(ids[1], timeout: 60_000))
                _ = try await controller.change([
                    JobChange(ids[0], .complete), JobChange(ids[1], .fail(Failure(retry: false))),
                    JobChange(ids[2], .cancel),
                ])
            }
            try await store.pass(milliseconds: 10)

            let cleaned = try await controller.clean()

            #expect(cleaned == CleanedJobs(completed: 2, expired: 2, failed: 2, cancelled: 2))
            let now = try await controller.now()
            let kept = try await store.list().jobs.map {
                "\($0.type) \($0.state(at: now).rawValue)"
            }
            #expect(
                kept.sorted() == [
                    "mail completed", "mail failed", "other cancelled", "other expired",
                ])
            // Cleaning again removes what has ended since.
            let late = try await store.add(type: "plain").id
            _ = try await controller.change(JobChange(late, .complete))
            #expect(try await controller.clean() == CleanedJobs(completed: 1))
        },
    ]
}

extension TypeChange {
    fileprivate static var noneRunning: TypeChange {
        var change = TypeChange()
        change.maxRunning = .set(0)
        return change
    }
}

extension TypeSettings {
    fileprivate static var outOfRange: TypeSettings {
        var settings = TypeSettings()
        settings.maxRunning = -1
        settings.maxRunningPerGroup = 0
        settings.maxStarts = StartRate(count: 0, period: .min)
        return settings
    }
}
