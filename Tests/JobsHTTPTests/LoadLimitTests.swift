import Foundation
import JobsTestSupport
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("Load limit")
    struct LoadLimitTests {
        /// A limit that has measured a slow store, so that its minimum applies.
        private func slowStore() -> LoadLimit {
            let start = ContinuousClock.now
            var estimate = LoadEstimate(latency: .milliseconds(1), at: start)
            for second in 1...10 {
                estimate.done(
                    after: .seconds(1000), wasAlone: false, at: start + .seconds(second))
            }
            return LoadLimit(estimate, latency: .seconds(60))
        }

        /// Keeps as many operations running as the limit allows during `body`.
        private func whileFull(_ load: LoadLimit, _ body: () async throws -> Void) async throws {
            let operations = (0..<LoadEstimate.leastLimit).map { _ in load.begin() }
            defer { for operation in operations { load.end(operation, isDone: false) } }
            try await body()
        }

        @Test("an operation above the limit is refused and not carried out; probes are served")
        func refusing() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { client in
                    try await whileFull(load) {
                        try await client.send(addJob("r1", "correlation_id: c1"))
                        let answer = try await client.readAnswer()

                        #expect(answer.isError(503, "InvalidState", "OVERLOADED"))
                        #expect(answer.string("correlation_id") == "c1")
                        #expect(answer.header("Retry-After") == "1")
                        #expect(answer.header("Date") != nil)
                        #expect(answer.header("Connection") == nil)
                        try await client.send("GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try await client.readAnswer().status == 200)
                    }
                    #expect(try await endpoint.countJobs() == 0)

                    try await client.send(addJob("r2"))
                    #expect(try await client.readAnswer().string("ref_id") == "r2")
                }
                #expect(load.inWork == 0)
            }
        }

        @Test("a connection is closed as requested, also after a refusal")
        func closing() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await whileFull(load) {
                    try await endpoint.connect { client in
                        try await client.send(addJob("r1", "Connection: close"))
                        let answer = try await client.readAnswer()

                        #expect(answer.status == 503)
                        #expect(answer.header("Connection") == "close")
                        try await client.expectEnd()
                    }
                }
            }
        }

        @Test("frequent refusals are delayed, and sent at once if the client continues to send")
        func holdingBack() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await whileFull(load) {
                    try await endpoint.connect { client in
                        for _ in 0..<LoadEstimate.promptRefusals {
                            #expect(try await client.answer(to: addJob("r1")).status == 503)
                        }
                        let start = ContinuousClock.now
                        #expect(try await client.answer(to: addJob("r1")).status == 503)
                        #expect(start.duration(to: .now) >= .milliseconds(500))

                        let next = "GET /heartbeat HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                        try await client.send(addJob("r1") + next)
                        #expect(try await client.readAnswer().status == 503)
                        #expect(try await client.readAnswer().status == 200)
                        try await client.expectEnd()
                    }
                    try await endpoint.connect { leaving in
                        try await leaving.send(addJob("r1"))
                        leaving.finish()
                        #expect(try await leaving.readAnswer().status == 503)
                    }
                }
                #expect(try await endpoint.countJobs() == 0)
            }
        }

        @Test("pages of other origins can read the reason of a refusal")
        func origin() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await whileFull(load) {
                    try await endpoint.connect { client in
                        try await client.send(addJob("r1", "Origin: http://page"))

                        let answer = try await client.readAnswer()
                        #expect(answer.status == 503)
                        #expect(answer.header("Access-Control-Allow-Origin") != nil)
                    }
                }
            }
        }

        @Test("a refused client that waits for 100-continue gets its answer")
        func expecting() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await whileFull(load) {
                    try await endpoint.connect { client in
                        let request = addJob("r1", "Expect: 100-continue")
                        let body = try #require(request.range(of: "\r\n\r\n")?.upperBound)
                        try await client.send(String(request[..<body]))
                        #expect(try await client.readAnswer().status == 100)
                        try await client.send(String(request[body...]))
                        #expect(try await client.readAnswer().status == 503)
                    }
                }
            }
        }

        @Test("a request counts from its end to the end of its work")
        func counting() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { client in
                    let request = post("/slow")
                    try await client.send(String(request.dropLast()))
                    #expect(load.inWork == 0)
                    try await client.send("}")
                    try await endpoint.slowBegan.wait()
                    try await eventually { load.inWork == 1 }

                    endpoint.slowMayEnd.set()
                    #expect(try await client.readAnswer().status == 200)
                    #expect(load.inWork == 0)
                }
            }
        }

        @Test("the work of a disconnected client counts until it is done")
        func abandoned() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { client in
                    try await client.send(post("/slow"))
                    try await endpoint.slowBegan.wait()
                }
                try await Task.sleep(for: .milliseconds(50))
                #expect(load.inWork == 1)

                endpoint.slowMayEnd.set()
                try await eventually { load.inWork == 0 }
            }
        }

        @Test("a waiting claim does not count as load")
        func waiting() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(
                        post(
                            "/v1/jobs/start_job_by_type",
                            #"{"type":"t1","timeout":1000,"wait_timeout":60000}"#))
                    try await endpoint.whenWaiting(1)
                    try await eventually { load.inWork == 0 }

                    try await endpoint.addJob()
                    #expect(try await worker.readAnswer().status == 200)
                    #expect(load.inWork == 0)
                }
            }
        }

        @Test("pipelined requests leave no counts behind")
        func pipelined() async throws {
            let load = slowStore()
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { client in
                    let count = 50
                    try await client.send(
                        String(
                            repeating: post("/v1/jobs/get_jobs") + post("/nowhere"), count: count))
                    for _ in 0..<count {
                        #expect(try await client.readAnswer().status == 200)
                        #expect(try await client.readAnswer().status == 404)
                    }
                    try await eventually { load.inWork == 0 }
                }
            }
        }

        private func eventually(_ condition: () -> Bool) async throws {
            for _ in 0..<10_000 where !condition() {
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(condition())
        }
    }
}
