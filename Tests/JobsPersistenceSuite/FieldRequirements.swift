import JSON
import Jobs
import Testing

extension StoreRequirement {
    static let ownFields: [StoreRequirement] = [
        StoreRequirement("fields of a new job come back as they are") { store in
            var new = NewJob(
                type: "mail", refID: "1", maxRetries: 3, retry: RetryPolicy(jitter: 0.1),
                group: "gé", traceparent: "t")
            new.requestTraceparent = "hidden"
            let job = try #require(try await store.jobs.add([new]).first).get()
            #expect(job.maxRetries == 3 && job.retry == RetryPolicy(jitter: 0.1))
            #expect(job.group == "gé" && job.traceparent == "t" && !job.hidesTraceparent)
            #expect(try await store.jobs.get(job.id) == job)

            var other = NewJob(type: "mail", refID: "2", group: "")
            other.requestTraceparent = "hidden"
            let unique = try await store.jobs.addUnique(other)
            #expect(unique.group == nil && unique.traceparent == "hidden")
            #expect(unique.hidesTraceparent && unique.isUnique)
            #expect(try await store.jobs.get(unique.id) == unique)
        },
        StoreRequirement("the name of the worker is that of the last start") { store in
            try await store.add()
            for worker in ["a", "é", nil, "b"] {
                let claim = Claim(type: "mail", timeout: 0, maxRetries: 10, worker: worker)
                let started = try #require(try await store.jobs.claim(claim).first)
                #expect(started.job.worker == worker)
            }
            let job = try #require(try await store.list { $0.worker = "b" }.jobs.first)
            #expect(job.attempts.map(\.worker) == ["a", "é", nil])
            let many = Claim(type: "mail", timeout: 0, maxRetries: 10, limit: 5, worker: "c")
            #expect(try await store.jobs.claim(many).map(\.job.worker) == ["c"])
        },
        StoreRequirement("a claim for several workers starts each job for one of them") { store in
            for index in 0..<5 { try await store.add(refID: "\(index)") }
            let workers = ["a", nil, "b", "a"]
            let claim = Claim(
                type: "mail", timeout: 60_000, maxRetries: 10,
                callers: workers.map { ClaimCaller(worker: $0) })

            let started = try await store.jobs.claim(claim)

            #expect(started.map(\.job.worker) == workers)
            for job in started.map(\.job) { #expect(try await store.jobs.get(job.id) == job) }
            let more = Claim(
                type: "mail", timeout: 60_000, maxRetries: 10,
                callers: [ClaimCaller(worker: "c"), ClaimCaller(worker: "d")])
            #expect(try await store.jobs.claim(more).count == 1)
        },
        StoreRequirement("progress is handed to the next attempt, and a result stays") { store in
            try await store.add()
            let first = try #require(try await store.start())
            let half = try JSONText(#"{"done": 0.50, "$in": 1e400}"#)
            let extended = try await store.act(.extend(timeout: 60_000, progress: half), first)
            #expect(extended?.progress == half)
            #expect(try await store.act(.extend(timeout: 0), first)?.progress == half)

            let second = try #require(try await store.start())
            #expect(second.job.progress == half)
            let result = try JSONText("[\"é\",1]")
            let completed = try await store.act(.complete(result: result), second)
            #expect(completed?.result == result && completed?.progress == half)
            #expect(try await store.act(.complete(result: half), second)?.result == result)
        },
        StoreRequirement("progress is kept in a call that extends a lease several times") { store in
            try await store.add()
            try await store.add(refID: "2")
            let one = try #require(try await store.start())
            let two = try #require(try await store.start())
            let half = try JSONText("0.5")
            let changes = [one, two].flatMap { started in
                [Act.extend(timeout: 60_000, progress: half), .extend(timeout: 90_000)]
                    .map { JobChange(started.job.id, started.lockToken, $0) }
            }
            _ = try await store.jobs.change(changes)
            for job in try await store.list().jobs {
                #expect(job.progress == half)
                let end = try #require(job.lockedUntil)
                #expect(end.milliseconds(since: job.created) >= 90_000)
            }
        },
        StoreRequirement("jobs are found by group, worker and the type of their error") { store in
            for (group, error) in [("g", "E"), ("h", "E"), ("g", "F"), (nil, nil)] {
                let new = NewJob(type: "mail", refID: "1", group: group)
                let id = try #require(try await store.jobs.add([new]).first).get().id
                guard let error else { continue }
                let started = try #require(
                    try await store.jobs.start(Start(id, timeout: 60_000, worker: "w\(error)")))
                let failure = Failure(error: AttemptError(type: error), retry: false)
                _ = try await store.act(.fail(failure), started)
            }
            #expect(try await store.list { $0.group = "g" }.jobs.count == 2)
            #expect(try await store.list { $0.worker = "wE" }.jobs.count == 2)
            #expect(try await store.list { $0.errorType = "F" }.jobs.map(\.group) == ["g"])
            #expect(
                try await store.list {
                    $0.state = .failed
                    $0.group = "g"
                    $0.errorType = "E"
                }.jobs.count == 1)
        },
        StoreRequirement("a list can go backwards, from an id that no job has too") { store in
            var ids: [JobID] = []
            for index in 0..<7 { ids.append(try await store.add(refID: "\(index)").id) }
            var found: [JobID] = []
            var paging = Paging(take: 3, isDescending: true)
            while let last = try await store.list(paging).jobs.map(\.id).last {
                found += try await store.list(paging).jobs.map(\.id)
                paging.after = last
            }
            #expect(found == ids.reversed())
            let missing = ids[3]
            _ = try await store.jobs.delete(missing)
            for (isDescending, expected) in [(false, ids[4...]), (true, ids[..<3])] {
                let page = try await store.list(
                    Paging(wantsTotal: true, after: missing, isDescending: isDescending))
                #expect(
                    page.jobs.map(\.id) == (isDescending ? expected.reversed() : Array(expected)))
                #expect(page.total == 6)
            }
        },
        StoreRequirement("jobs are kept for their retention") { store in
            for act in [Act.complete, .cancel] {
                let id = try await store.add().id
                _ = try await store.jobs.change([JobChange(id, act)])
            }
            try await store.add()
            let started = try #require(try await store.start())
            _ = try await store.act(.fail(Failure(retry: false)), started)
            let pending = try await store.add().id
            _ = try await store.jobs.start(Start(pending, timeout: 60_000))
            _ = try await store.jobs.change([
                JobChange(pending, .cancel), JobChange(pending, .extend(timeout: 0)),
            ])
            try await store.add(ttl: 1)
            let limited = NewJob(type: "mail", refID: "1", maxRetries: 1)
            let id = try #require(try await store.jobs.add([limited]).first).get().id
            for _ in 0..<3 { _ = try await store.jobs.start(Start(id, timeout: 0)) }
            try await store.pass(milliseconds: 300)

            let long = Retention(
                completed: 600_000, failed: 600_000, cancelled: 600_000, expired: 600_000)
            let clean = { (change: (inout Retention) -> Void) in
                var retention = long
                change(&retention)
                return try await store.jobs.clean(Cleaning(maxRetries: 1, retention: retention))
            }
            #expect(try await clean { _ in } == CleanedJobs())
            #expect(try await clean { $0.completed = 200 } == CleanedJobs(completed: 1))
            #expect(try await clean { $0.failed = 0 } == CleanedJobs(failed: 1))
            #expect(try await clean { $0.cancelled = 200 } == CleanedJobs(cancelled: 2))
            #expect(try await clean { $0.expired = 200 } == CleanedJobs(expired: 1))
            #expect(try await store.list().jobs.map(\.id) == [id])
        },
    ]
}
