import JSON
import Jobs
import Testing

extension StoreRequirement {
    /// The parts and the batches of bulk operations, and the records that tell of them.
    static let operations: [StoreRequirement] = [
        StoreRequirement("slices have every matching job once, whatever their size") { store in
            let all = try await store.addMixed()
            for (name, change) in SliceFilter.all {
                var filter = JobFilter()
                filter.maxRetries = 10
                change(&filter)
                let listed = try await store.jobs.list(filter, Paging()).jobs.map(\.id)
                for size in [1, 2, 5, 1000] {
                    var found: [JobID] = []
                    var (position, count) = (JobID?.none, 0)
                    repeat {
                        let slice = try await store.jobs.slice(
                            filter, after: position, examining: size)
                        found += slice.jobs.map(\.id)
                        position = slice.end
                        count += 1
                    } while position != nil && count <= 3 * all.count
                    #expect(found == listed, "\(name) in slices of \(size)")
                    #expect(position == nil, "\(name) in slices of \(size)")
                }
            }
        },
        StoreRequirement("a slice tells of its jobs what decides about them") { store in
            let new = NewJob(type: "mail", refID: "1", maxRetries: 1, group: "g")
            let added = try #require(try await store.jobs.add([new]).first).get()
            let unique = try await store.jobs.addUnique(NewJob(type: "mail", refID: "2"))
            let started = try #require(try await store.jobs.start(Start(added.id, timeout: 60_000)))
            _ = try await store.act(.fail(Failure()), started)

            var filter = JobFilter()
            filter.type = "mail"
            let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs

            #expect(jobs.map(\.id) == [added.id, unique.id])
            let failed = try #require(jobs.first)
            #expect(failed.failed != nil && failed.retries == 1 && failed.maxRetries == 1)
            #expect(failed.group == "g" && failed.type == "mail" && failed.created == added.created)
            #expect(jobs.map(\.isUnique) == [false, true])
        },
        StoreRequirement("a batch treats the jobs that still match, each once") { store in
            let ids = try await store.addFailed(6)
            var filter = JobFilter()
            (filter.state, filter.maxRetries) = (.failed, 10)
            let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs
            #expect(jobs.map(\.id) == ids)
            _ = try await store.jobs.delete(ids[0])
            var replay = Replay()
            replay.maxRetries = 1
            _ = try await store.jobs.change([JobChange(ids[1], .replay(replay))])

            let batch = JobBatch(jobs, filter, .change(.replay(replay)))
            #expect(try await store.jobs.treat(batch) == BatchOutcome(done: 4))
            #expect(try await store.jobs.treat(batch) == BatchOutcome())

            for id in ids[1...] {
                #expect(try await store.jobs.get(id)?.maxRetries == 2)
            }
            #expect(Set(try await store.claimed(9)) == Set(ids[1...]))
        },
        StoreRequirement("a batch cancels, completes and removes jobs") { store in
            for (act, name) in [(Act.cancel, "cancel"), (.complete, "complete")] {
                let (ready, running) = (try await store.add(), try await store.add())
                let ended = try await store.add()
                _ = try await store.jobs.change([JobChange(ended.id, .cancel)])
                _ = try await store.jobs.start(Start(running.id, timeout: 60_000))
                var filter = JobFilter()
                filter.ids = [ready.id, running.id, ended.id]
                let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs
                #expect(jobs.count == 3)

                let outcome = try await store.jobs.treat(JobBatch(jobs, filter, .change(act)))

                #expect(outcome == BatchOutcome(done: 2), "\(name)")
                for id in [ready.id, running.id] {
                    let job = try #require(try await store.jobs.get(id))
                    #expect((job.completed != nil) == (name == "complete"))
                    #expect(
                        (job.cancelled != nil || job.cancelRequested != nil) == (name == "cancel"))
                }
                #expect(
                    try await store.jobs.treat(JobBatch(jobs, filter, .delete)).done == 3)
                #expect(try await store.jobs.get(ready.id) == nil)
            }
            #expect(try await store.list().jobs.isEmpty)
        },
        StoreRequirement("a batch leaves a job that matches no more") { store in
            let job = try await store.add()
            var filter = JobFilter()
            (filter.state, filter.maxRetries) = (.ready, 10)
            let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs
            let started = try #require(try await store.start())

            for work in [BulkWork.delete, .change(.cancel), .change(.complete)] {
                let outcome = try await store.jobs.treat(JobBatch(jobs, filter, work))
                #expect(outcome == BatchOutcome())
            }

            #expect(try await store.jobs.get(job.id) == started.job)
        },
        StoreRequirement("a batch replays a unique job only if its key is free") { store in
            let taken = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
            let free = try await store.jobs.addUnique(NewJob(type: "mail", refID: "2"))
            _ = try await store.jobs.change([taken, free].map { JobChange($0.id, .cancel) })
            let newer = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
            var filter = JobFilter()
            (filter.state, filter.maxRetries) = (.cancelled, 10)
            let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs
            #expect(jobs.count == 2)

            let outcome = try await store.jobs.treat(
                JobBatch(jobs, filter, .change(.replay(Replay()))))

            #expect(outcome == BatchOutcome(done: 1))
            #expect(try await store.jobs.get(taken.id)?.cancelled != nil)
            #expect(Set(try await store.claimed(3)) == [free.id, newer.id])
        },
        StoreRequirement("a replay of jobs untouched since leaves those that failed again") {
            store in
            let ids = try await store.addFailed(2)
            try await store.pass(milliseconds: 20)
            let since = try await store.jobs.now()
            try await store.pass(milliseconds: 20)
            _ = try await store.jobs.change([JobChange(ids[0], .replay(Replay()))])
            let again = try #require(try await store.jobs.start(Start(ids[0], timeout: 60_000)))
            _ = try await store.act(.fail(Failure(retry: false)), again)
            var filter = JobFilter()
            (filter.state, filter.maxRetries) = (.failed, 10)
            filter.untouchedSince = since

            let jobs = try await store.jobs.slice(filter, after: nil, examining: 10).jobs

            #expect(jobs.map(\.id) == [ids[1]])
            filter.untouchedSince = nil
            let all = try await store.jobs.slice(filter, after: nil, examining: 10).jobs
            filter.untouchedSince = since
            let batch = JobBatch(all, filter, .change(.replay(Replay())))
            #expect(try await store.jobs.treat(batch) == BatchOutcome(done: 1))
        },
        StoreRequirement("a total stops at its limit") { store in
            for _ in 0..<5 { try await store.add() }
            for (limit, expected) in [(3, 3), (5, 5), (9, 5)] {
                for state in [nil, JobState.ready] {
                    var paging = Paging(take: -1, wantsTotal: true)
                    paging.totalLimit = limit
                    var filter = JobFilter()
                    (filter.type, filter.state, filter.maxRetries) = ("mail", state, 10)
                    #expect(try await store.jobs.list(filter, paging).total == expected)
                }
            }
        },
        StoreRequirement("records are read in parts, counted and removed") { store in
            let keys = (0..<7).map { "k\($0)" }
            for key in keys {
                let value = try JSONText(#"{"key":"\#(key)"}"#)
                _ = try await store.jobs.records.write(.audit, key, value, over: nil)
            }
            _ = try await store.jobs.records.write(.type, "k3", try JSONText("{}"), over: nil)
            for records in store.instances.map(\.records) {
                func part(_ range: RecordRange) async throws -> [String] {
                    try await records.records(of: .audit, range).map(\.key)
                }
                #expect(try await part(RecordRange(limit: 3)) == ["k0", "k1", "k2"])
                #expect(try await part(RecordRange(after: "k4", limit: 3)) == ["k5", "k6"])
                #expect(try await part(RecordRange(after: "k45", limit: 1)) == ["k5"])
                let newest = RecordRange(limit: 2, isDescending: true)
                #expect(try await part(newest) == ["k6", "k5"])
                let older = RecordRange(after: "k2", limit: 9, isDescending: true)
                #expect(try await part(older) == ["k1", "k0"])
                #expect(try await part(RecordRange(limit: 0)) == [])
                #expect(try await records.count(of: .audit) == 7)
                #expect(try await records.count(of: .operation) == 0)
            }

            try await store.jobs.records.remove(.audit, ["k0", "k3", "none", "k6"])
            try await store.jobs.records.remove(.audit, [])

            for records in store.instances.map(\.records) {
                #expect(
                    try await records.records(of: .audit).map(\.key) == ["k1", "k2", "k4", "k5"])
                #expect(try await records.count(of: .audit) == 4)
                #expect(try await records.record(.type, "k3") != nil)
            }
        },
    ]

    /// Filters with different indexes.
    private enum SliceFilter {
        static let all: [(String, @Sendable (inout JobFilter) -> Void)] = [
            ("all", { _ in }),
            ("a type", { $0.type = "mail" }),
            ("failed ones", { $0.state = .failed }),
            ("failed and cancelled ones", { $0.states = [.failed, .cancelled] }),
            (
                "cancelled ones of a type",
                {
                    $0.type = "mail"
                    $0.state = .cancelled
                }
            ),
            ("some that can be replayed", { $0.states = [.failed, .cancelled, .exhausted] }),
            ("a group of errors", { $0.errorKey = "boom #" }),
            ("a worker", { $0.worker = "w" }),
            ("ready ones", { $0.state = .ready }),
            ("a reference", { $0.refID = "3" }),
            ("no such type", { $0.type = "none" }),
        ]
    }
}

extension StoreUnderTest {
    /// Adds jobs that have failed for good.
    func addFailed(_ count: Int, type: String = "mail", message: String = "boom 7") async throws
        -> [JobID]
    {
        var ids: [JobID] = []
        for number in 0..<count {
            let id = try await add(type: type, refID: "\(number)").id
            let start = Start(id, timeout: 60_000, worker: "w")
            let started = try #require(try await jobs.start(start))
            let failure = Failure(error: AttemptError(message: message), retry: false)
            _ = try await act(.fail(failure), started)
            ids.append(id)
        }
        return ids
    }

    /// Adds jobs of two types in several states.
    fileprivate func addMixed() async throws -> [JobID] {
        var ids: [JobID] = []
        for round in 0..<3 {
            ids += try await addFailed(2, message: round == 1 ? "other" : "boom 7")
            ids.append(try await add(refID: "\(round)").id)
            ids += try await addFailed(1, type: "report")
            let cancelled = try await add(type: round == 0 ? "report" : "mail", refID: "3").id
            _ = try await jobs.change([JobChange(cancelled, .cancel)])
            ids.append(cancelled)
        }
        return ids
    }
}
