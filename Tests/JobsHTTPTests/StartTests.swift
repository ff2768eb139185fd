import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Life of a job: starting")
struct StartTests {
    let service = TestService()

    @Test("starting sets started and locked_until and counts")
    func start() async throws {
        let id = try await service.addJob(ttl: 60_000).id
        service.clock.advance(by: 500)

        let started = try await service.start(id, timeout: 10_000)

        #expect(started.string("started") == service.clock.text())
        #expect(started.string("locked_until") == service.clock.text(in: 10_000))
        #expect(started.integer("retries") == 1)
        #expect(started.isNull("completed"))
        let kept = try await service.get(id)
        #expect(kept.object.allSatisfy { started.object[$0] as? NSObject == $1 as? NSObject })
    }

    @Test("a leased job is not handed out until the lease ends, to the millisecond")
    func leased() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id, timeout: 1000)

        service.clock.advance(by: 999)
        #expect(try await service.start(id).status == 204)
        #expect(try await service.start().status == 204)
        #expect(try await service.get(id).integer("retries") == 1)

        service.clock.advance(by: 1)
        let again = try await service.start(type: "t1", timeout: 1000)
        #expect(again.id == id && again.integer("retries") == 2)
        #expect(again.string("started") == service.clock.text())
    }

    @Test("a completed job is not started, and nothing changes")
    func completed() async throws {
        let id = try await service.addJob().id
        let completed = try await service.post("complete_job", id: id)

        #expect(try await service.start(id).status == 204)
        #expect(try await service.start().status == 204)
        #expect(try await service.get(id).text == completed.text)
    }

    @Test("an expired job is not started, from the very moment on")
    func expired() async throws {
        let id = try await service.addJob(ttl: 1000).id

        service.clock.advance(by: 999)
        #expect(try await service.start(id, timeout: 0).status == 200)
        service.clock.advance(by: 1)
        #expect(try await service.start(id).status == 204)
        #expect(try await service.start().status == 204)
    }

    @Test("a time to live of zero or less sets no limit", arguments: [0, -1, -60_000])
    func immortal(ttl: Int) async throws {
        let job = try await service.addJob(ttl: ttl)
        service.clock.advance(by: 100 * 365 * 86_400_000)

        #expect(job.isNull("execute_until"))
        #expect(try await service.start(job.id).status == 200)
    }

    @Test("an unknown job is 204")
    func unknown() async throws {
        #expect(try await service.start("0123456789abcdef0123456789abcdef").status == 204)
        #expect(try await service.start(type: "none").status == 204)
    }

    @Test("by type the oldest goes first, and only of that type")
    func order() async throws {
        var ids: [String] = []
        for type in ["t1", "other", "t1", "t1"] {
            let id = try await service.addJob(type: type).id
            if type == "t1" { ids.append(id) }
            service.clock.advance(by: 1)
        }

        for id in ids { #expect(try await service.start().id == id) }
        #expect(try await service.start().status == 204)
        #expect(try await service.start(type: "other").status == 200)
        #expect(try await service.start(type: "T1").status == 204)
    }

    @Test("by type a higher priority goes first, the older one among equals")
    func priority() async throws {
        var ids: [Int: [String]] = [:]
        for priority in [0, -1, 5, 2_147_483_647, 5, -2_147_483_648] {
            let id = try await service.addJob(#""priority":\#(priority)"#).id
            ids[priority, default: []].append(id)
            service.clock.advance(by: 1)
        }

        for priority in [2_147_483_647, 5, 0, -1, -2_147_483_648] {
            for id in ids[priority] ?? [] { #expect(try await service.start().id == id) }
        }
    }

    @Test("a delayed job is handed out by type only when its delay is over")
    func delay() async throws {
        let job = try await service.addJob(#""delay":1000"#)

        service.clock.advance(by: 999)
        #expect(try await service.start().status == 204)
        service.clock.advance(by: 1)
        #expect(try await service.start().id == job.id)
    }

    @Test("by type a job is handed out fewer times than max_retries")
    func maxRetries() async throws {
        let id = try await service.addJob().id
        func start(_ maxRetries: String) async throws -> TestAnswer {
            try await service.post(
                "start_job_by_type", #"{"type":"t1","timeout":0\#(maxRetries)}"#)
        }

        #expect(try await start(#","max_retries":0"#).status == 204)
        #expect(try await start(#","max_retries":-1"#).status == 204)
        #expect(try await start(#","max_retries":1"#).status == 200)
        #expect(try await start(#","max_retries":1"#).status == 204)
        #expect(try await start(#","max_retries":0.5"#).status == 204)
        #expect(try await start(#","max_retries":1.5"#).status == 200)
        for retries in 3...10 { #expect(try await start("").integer("retries") == retries) }
        #expect(try await start("").status == 204)
        #expect(try await start(#","max_retries":null"#).status == 204)
        #expect(try await start(#","max_retries":11"#).status == 200)
        #expect(try await service.start(id, timeout: 0).integer("retries") == 12)
    }

    @Test("the limit of the controller applies unless the call has one")
    func configuredMaxRetries() async throws {
        let service = TestService(maxRetries: 2)
        _ = try await service.addJob()

        for _ in 0..<2 { #expect(try await service.start(timeout: 0).status == 200) }
        #expect(try await service.start(timeout: 0).status == 204)
    }

    @Test("each of many concurrent workers gets a different job", arguments: [true, false])
    func contention(byType: Bool) async throws {
        var ids: [String] = []
        for _ in 0..<10 { ids.append(try await service.addJob().id) }
        let wanted = ids

        let won = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask { [service] in
                    var won: [String] = []
                    for id in wanted {
                        let started =
                            byType ? try await service.start() : try await service.start(id)
                        if started.status == 200 { won.append(started.id) }
                    }
                    return won
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(won.sorted() == ids)
    }
}
