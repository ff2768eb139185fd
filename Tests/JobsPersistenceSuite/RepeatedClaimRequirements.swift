import Jobs
import Testing

extension StoreRequirement {
    static let repeatedClaims: [StoreRequirement] = [
        StoreRequirement("a claim that is repeated gets its job and token, and starts nothing") {
            store in
            try await store.add(count: 3)
            let started = try #require(try await store.claim("r").first)

            let again = try await store.claim("r")

            #expect(again.map(\.lockToken) == [started.lockToken])
            #expect(again.map(\.job) == [started.job])
            #expect(try await store.list { $0.retries = 1 }.jobs.count == 1)
            #expect(try await store.complete(started.job.id, again[0].lockToken)?.completed != nil)
        },
        StoreRequirement("a repeated claim of several jobs gets those that it was given") { store in
            try await store.add(count: 2)
            let started = try await store.claim("r", limit: 5)
            #expect(started.count == 2)
            try await store.add(count: 6)

            let again = try await store.claim("r", limit: 5)

            #expect(Set(again.map(\.lockToken)) == Set(started.map(\.lockToken)))
            _ = try await store.complete(started[0].job.id, started[0].lockToken)
            let rest = try await store.claim("r", limit: 5)
            #expect(rest.map(\.job.id) == [started[1].job.id])
            #expect(try await store.list { $0.retries = 0 }.jobs.count == 6)
        },
        StoreRequirement("a repeated claim finds nothing once its jobs are finished or given back")
        { store in
            for act in [Act.complete, .abort(), .fail(Failure(delay: 0)), .cancel] {
                try await store.add(count: 2)
                let started = try #require(try await store.claim("r \(act.name)").first)
                _ = try await store.act(act == .cancel ? .extend(timeout: 0) : act, started)
                if act == .cancel { _ = try await store.act(act, started) }

                let again = try await store.claim("r \(act.name)")

                #expect(again.isEmpty, "\(act.name)")
                let request = ExactText("r \(act.name)")
                #expect(try await store.jobs.served([request], type: "mail") == [request: []])
                try await store.jobs.deleteAll()
            }
        },
        StoreRequirement("a repeated claim gets a lapsed lease until the job is taken over") {
            store in
            try await store.add(count: 1)
            let started = try #require(try await store.claim("r", timeout: 1000).first)
            try await store.pass(milliseconds: 1100)

            let again = try await store.claim("r")
            #expect(again.map(\.lockToken) == [started.lockToken])

            let taken = try #require(try await store.start())
            #expect(taken.job.id == started.job.id)
            #expect(try await store.claim("r").isEmpty)
            try await store.add(count: 1)
            let next = try await store.claim("r")
            #expect(next.count == 1 && next.first?.job.id != started.job.id)
        },
        StoreRequirement("a start by id takes a job over from a request") { store in
            try await store.add(count: 1)
            let started = try #require(try await store.claim("r", timeout: 0).first)
            let taken = try #require(
                try await store.jobs.start(Start(started.job.id, timeout: 60_000)))

            #expect(try await store.jobs.served([ExactText("r")], type: "mail").isEmpty)
            #expect(try await store.complete(taken.job.id, taken.lockToken)?.completed != nil)
        },
        StoreRequirement("a claim that found nothing has not been served") { store in
            #expect(try await store.claim("r").isEmpty)
            #expect(try await store.jobs.served([ExactText("r")], type: "mail").isEmpty)
            try await store.add(count: 1)

            #expect(try await store.claim("r").count == 1)
        },
        StoreRequirement("a claim whose job was removed or given back undelivered is open again") {
            store in
            try await store.add(count: 3)
            let first = try #require(try await store.claim("r").first)
            _ = try await store.jobs.delete(first.job.id)
            let second = try #require(try await store.claim("r").first)
            #expect(second.job.id != first.job.id)
            try await store.jobs.release([second])

            let third = try #require(try await store.claim("r").first)

            #expect(third.job.id == second.job.id && third.lockToken != second.lockToken)
            #expect(third.job.retries == 1)
        },
        StoreRequirement("a start is not taken back once its claim was repeated") { store in
            try await store.add(count: 2)
            let started = try await store.claim("r", limit: 2)
            #expect(try await store.claim("r", limit: 2).count == 2)

            try await store.jobs.release(started)

            for job in started {
                #expect(try await store.complete(job.job.id, job.lockToken)?.completed != nil)
            }
        },
        StoreRequirement("a start by another claim can be taken back after a repeated one") {
            store in
            try await store.add(count: 1)
            _ = try await store.claim("r", timeout: 0)
            _ = try await store.claim("r", timeout: 0)
            let taken = try #require(try await store.claim("s").first)

            try await store.jobs.release([taken])

            #expect(try await store.start()?.job.retries == 2)
        },
        StoreRequirement("the request ids of claims are those of one type, byte by byte") { store in
            try await store.add(type: "mail")
            try await store.add(type: "mail")
            try await store.add(type: "print")

            let composed = try await store.claim("caf\u{E9}")
            let decomposed = try await store.claim("cafe\u{301}")
            let other = try await store.claim("caf\u{E9}", type: "print")

            #expect(Set((composed + decomposed + other).map(\.job.id)).count == 3)
        },
        StoreRequirement("a replayed job keeps its request until it is started again") { store in
            try await store.add(count: 1)
            let started = try #require(try await store.claim("r").first)
            _ = try await store.act(.fail(Failure(retry: false)), started)
            _ = try await store.jobs.change([JobChange(started.job.id, .replay(Replay()))])

            #expect(try await store.claim("r").isEmpty)
            #expect(try await store.claim("s").count == 1)
        },
        StoreRequirement("a claim for several callers starts jobs for those that were not served") {
            store in
            try await store.add(count: 9)
            let first = try #require(try await store.claim("a").first)
            let gone = try #require(try await store.claim("b").first)
            _ = try await store.complete(gone.job.id, gone.lockToken)
            let batch = try await store.claim("c", limit: 2)
            let callers = [
                ClaimCaller(worker: "x"), .of("d"), .of("a", worker: "y"), .of("b"), .of("c"),
                .of("c", 1), .of("c", 2), ClaimCaller(worker: "z"), .of("e"), .of("e", 1),
            ]

            let started = try await store.jobs.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, callers: callers))

            var shared = SharedJobs(started)
            #expect(shared.jobs(of: ExactText("a")).map(\.lockToken) == [first.lockToken])
            #expect(shared.jobs(of: ExactText("b")).isEmpty)
            #expect(
                Set(shared.jobs(of: ExactText("c")).map(\.lockToken))
                    == Set(batch.map(\.lockToken)))
            #expect(shared.jobs(of: ExactText("d")).count == 1)
            #expect(shared.jobs(of: ExactText("e")).count == 2)
            #expect(shared.take(5, for: "x").count == 1 && shared.take(5, for: "z").count == 1)
            #expect(started.count { $0.isRepeated } == 3)
            #expect(try await store.list { $0.retries = 0 }.jobs.isEmpty)
        },
        StoreRequirement("concurrent repeats of a claim share one start") { store in
            for round in 0..<5 {
                try await store.add(count: 5)

                let started = try await store.concurrently(24) { instance, _ in
                    try await instance.claim(
                        Claim(type: "mail", timeout: 60_000, maxRetries: 10, requestID: "r\(round)")
                    )
                }

                #expect(started.allSatisfy { $0.count == 1 })
                #expect(Set(started.flatMap { $0.map(\.lockToken) }).count == 1)
                #expect(try await store.list { $0.retries = 1 }.jobs.count == 1)
                try await store.jobs.deleteAll()
            }
        },
        StoreRequirement(
            "concurrent repeats of a claim of several jobs start no more than it asked for"
        ) {
            store in
            for round in 0..<5 {
                try await store.add(count: 40)

                let started = try await store.concurrently(12) { instance, _ in
                    try await instance.claim(
                        Claim(
                            type: "mail", timeout: 60_000, maxRetries: 10, limit: 3,
                            requestID: "r\(round)"))
                }

                #expect(started.contains { $0.count == 3 } && !started.contains { $0.isEmpty })
                #expect(Set(started.flatMap { $0.map(\.lockToken) }).count == 3)
                #expect(try await store.list { $0.retries = 1 }.jobs.count == 3)
                #expect(try await store.claim("r\(round)", limit: 3).count == 3)
                try await store.jobs.deleteAll()
            }
        },
        StoreRequirement("concurrent claims with request ids hand each job out once") { store in
            try await store.add(count: 120)

            let started = try await store.concurrently(24) { instance, index in
                var started: [StartedJob] = []
                for round in 0..<100 {
                    // Two callers share each request.
                    let more = try await instance.claim(
                        Claim(
                            type: "mail", timeout: 60_000, maxRetries: 10,
                            limit: index % 4 < 2 ? 1 : 4, requestID: "r \(index / 2) \(round)"))
                    if more.isEmpty { break }
                    started += more
                }
                return started
            }.flatMap(\.self)

            #expect(Set(started.map(\.job.id)).count == 120)
            #expect(Set(started.map(\.lockToken)).count == 120)
            #expect(try await store.list { $0.retries = 1 }.jobs.count == 120)
        },
    ]
}

extension ClaimCaller {
    fileprivate static func of(_ request: String, _ slot: Int = 0, worker: String? = nil)
        -> ClaimCaller
    {
        ClaimCaller(worker: worker, request: ClaimRequest(ExactText(request), slot: slot))
    }
}

extension StoreUnderTest {
    fileprivate func add(count: Int) async throws {
        let new = (0..<count).map { NewJob(type: "mail", refID: "\($0)") }
        for result in try await jobs.add(new) { _ = try result.get() }
    }

    /// Claims with a request id.
    fileprivate func claim(
        _ request: String, type: String = "mail", timeout: Int64 = 60_000, limit: Int = 1
    ) async throws -> [StartedJob] {
        try await jobs.claim(
            Claim(
                type: type, timeout: timeout, maxRetries: 10, limit: limit, requestID: request))
    }
}
