import JobsClient
import JobsTestSupport
import Testing

@Suite("Clients that operate types of jobs")
struct ClientTypeTests {
    private static let clients: [ClientUnderTest] = [.direct, .http]

    @Test("types are listed with their jobs and workers", arguments: clients)
    func types(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            for type in ["mail", "mail", "sms"] {
                _ = try await client.add(NewJob(type: type, refID: "1"))
            }
            _ = try await client.start(type: "mail", timeout: .seconds(60), worker: "w1")

            let all = try await client.types()
            let one = try await client.types(
                TypeQuery(type: "mail", take: 5, wantsTotal: true, isDescending: true))
            let last = try await client.types(TypeQuery(skip: 0, take: 1, after: "mail"))

            #expect(all.types.map(\.type) == ["mail", "sms"] && all.total == nil)
            #expect(all.types[0].counts.ready == 1 && all.types[0].counts.running == 1)
            #expect(all.types[0].workers.map(\.worker) == ["w1"])
            #expect(all.types[0].workers[0].running == 1 && all.types[0].lastClaim != nil)
            #expect(one.types.count == 1 && one.total == 1)
            #expect(last.types.map(\.type) == ["sms"])
        }
    }

    @Test("a type is paused, resumed and limited", arguments: clients)
    func settings(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let until = clock.now.advanced(by: 60_000)
            let paused = try await client.pause(type: "mail", reason: "rest", until: until)
            #expect(
                paused.pause == TypePause(reason: "rest", since: clock.now, until: until))
            let resumed = try await client.resume(type: "mail")
            #expect(resumed.pause == nil)
            _ = try await client.pause(type: TypePause.allTypes)
            #expect(try await client.types().pause?.since == clock.now)

            let limited = try await client.set(type: "mail") { change in
                change.maxRunning = .set(5)
                change.maxStarts = .set(StartRate(count: 2, period: 1000))
                change.retry = .set(RetryPolicy(backoff: .linear, delay: 5))
            }
            let kept = try await client.set(type: "mail") { $0.maxRunningPerGroup = .set(1) }
            let removed = try await client.set(type: "mail") { change in
                change.maxRunning = .remove
                change.maxStarts = .remove
                change.retry = .remove
                change.retention = .remove
            }

            let rate = StartRate(count: 2, period: 1000)
            #expect(limited.limits == TypeLimits(maxRunning: 5, maxStarts: rate))
            #expect(limited.retry == RetryPolicy(backoff: .linear, delay: 5))
            #expect(
                kept.limits
                    == TypeLimits(maxRunning: 5, maxRunningPerGroup: 1, maxStarts: rate))
            #expect(removed.limits == TypeLimits(maxRunningPerGroup: 1) && removed.retry == nil)
            let error = await #expect(throws: JobsClientError.self) {
                try await client.set(type: "mail") { $0.maxRunning = .set(0) }
            }
            #expect(error?.kind == .refused)
        }
    }

    @Test("a job is explained", arguments: clients)
    func explanation(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            let job = try await client.add(NewJob(type: "mail", refID: "1", params: 1))
            let ready = try #require(try await client.explain(job.id))
            _ = try await client.start(type: "mail", timeout: .seconds(60), worker: "w1")
            let running = try #require(try await client.explain(job.id))

            #expect(ready.job == job && ready.state == .ready && ready.code == .noWorkers)
            #expect(ready.since == nil && ready.message.contains("mail"))
            #expect(running.state == .running && running.code == .running)
            #expect(running.since == clock.now)
            #expect(running.until == clock.now.advanced(by: 60_000))
            #expect(running.details.description == #"{"retries":1,"worker":"w1"}"#)
            #expect(try await client.explain(JobID("unknown")) == nil)
        }
    }

    @Test("an older service does not know types")
    func older() async throws {
        try await ClientUnderTest.original.run { client, _ in
            for call in [
                { _ = try await client.types() },
                { _ = try await client.explain(JobID("x")) },
                { _ = try await client.pause(type: "mail") },
                { _ = try await client.resume(type: "mail") },
                { _ = try await client.set(type: "mail") { $0.maxRunning = .set(1) } },
            ] as [@Sendable () async throws -> Void] {
                let error = await #expect(throws: JobsClientError.self) { try await call() }
                #expect(error?.kind == .refused && error?.mayHaveHappened == false)
            }
        }
    }

    @Test("a client without a service accepts everything")
    func null() async throws {
        let client = NullJobsClient()
        #expect(try await client.types().types.isEmpty)
        #expect(try await client.explain(JobID("x")) == nil)
        #expect(try await client.pause(type: "mail", reason: "r").pause?.reason == "r")
        #expect(try await client.resume(type: "mail") == TypeStatus(type: "mail"))
        let set = try await client.set(type: "mail") { $0.maxRunning = .set(5) }
        #expect(set.limits == TypeLimits(maxRunning: 5))
    }
}
