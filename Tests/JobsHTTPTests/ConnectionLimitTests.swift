import Foundation
import JobsTestSupport
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("limits of connections and requests")
    struct ConnectionLimitTests {
        private func options(_ change: (inout EndpointOptions) -> Void) -> EndpointOptions {
            var options = EndpointOptions(port: 0)
            change(&options)
            return options
        }

        @Test(
            "a request that is incomplete at the time limit gets a 408, and is not carried out",
            arguments: [
                "POST /v1/jobs/delete_jo", "POST /v1/jobs/delete_jobs HTTP/1.1\r\nHost: x\r\n",
                "POST /v1/jobs/delete_jobs HTTP/1.1\r\nContent-Type: application/json\r\n"
                    + "Host: x\r\nContent-Length: 5\r\n\r\n{",
                "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
            ], [false, true])
        func slowSender(sent: String, isSecond: Bool) async throws {
            let options = options {
                $0.headerTimeout = .milliseconds(200)
                $0.bodyTimeout = .milliseconds(200)
            }
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    if isSecond {
                        try await client.send(post("/v1/jobs/get_jobs"))
                        #expect(try await client.readAnswer().status == 200)
                    }
                    try await client.send(sent)

                    let answer = try await client.readAnswer()
                    if sent.hasPrefix("POST /nowhere") {
                        #expect(answer.status == 404)
                    } else {
                        #expect(answer.isError(408, "BadRequest", "REQUEST_TIMEOUT"))
                        #expect(answer.header("Connection") == "close")
                    }
                    try await client.expectEnd()
                }
                #expect(try await endpoint.countJobs() == 1)
            }
        }

        @Test("single bytes now and then do not extend the time limit")
        func dripping() async throws {
            let options = options { $0.headerTimeout = .milliseconds(300) }
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { client in
                    for byte in "POST /v1/jobs/get_jobs HTTP/1.1\r\n" {
                        do { try await client.send(String(byte)) } catch { break }
                        try await Task.sleep(for: .milliseconds(20))
                    }

                    #expect(try await client.readAnswer().status == 408)
                }
            }
        }

        @Test("a pipelined request has as much time as the request in front of it takes")
        func readingAhead() async throws {
            let options = options { $0.bodyTimeout = .milliseconds(100) }
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { client in
                    let second = addJob("r2")
                    try await client.send(post("/slow") + second.dropLast(5))
                    try await endpoint.slowBegan.wait()
                    try await Task.sleep(for: .milliseconds(400))
                    try await client.send(String(second.suffix(5)))
                    endpoint.slowMayEnd.set()

                    #expect(try await client.readAnswer().json as? String == "slow")
                    #expect(try await client.readAnswer().string("ref_id") == "r2")
                }
            }
        }

        @Test(
            "a head over the limit gets a 431",
            arguments: [
                "X-Long: " + String(repeating: "x", count: 2000) + "\r\n",
                String(repeating: "X-More: xxxxxxxxxxxx\r\n", count: 100),
                String(repeating: "A: b\r\n", count: 300),
            ])
        func largeHead(fields: String) async throws {
            try await RunningEndpoint.run(options { $0.headerMaxSize = 1500 }) { endpoint in
                try await endpoint.connect { client in
                    try await client.send("GET /heartbeat HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")

                    let answer = try await client.readAnswer()

                    #expect(answer.isError(431, "BadRequest", "HEADER_TOO_LARGE"))
                    try await client.expectEnd()
                }
            }
        }

        @Test("bodies beyond the memory limit get a 503, until memory is free")
        func bodies() async throws {
            try await RunningEndpoint.run(options { $0.bodyMemory = 1000 }) { endpoint in
                try await endpoint.connect { first in
                    let padding = String(repeating: " ", count: 700)
                    try await first.send(post("/slow-with-body", "{\(padding)}"))
                    try await endpoint.slowBegan.wait()

                    try await endpoint.connect { other in
                        let large = post("/v1/jobs/get_jobs", "{\(padding)}")
                        let answer = try await other.answer(to: large)
                        #expect(answer.isError(503, "InvalidState", "OVERLOADED"))
                        #expect(try await other.answer(to: addJob("r1")).status == 200)

                        endpoint.slowMayEnd.set()
                        #expect(try await first.readAnswer().status == 200)
                        #expect(try await other.answer(to: large).status == 200)
                    }
                }
            }
        }

        @Test("waiting claims keep no part of their bodies")
        func waitingBodies() async throws {
            try await RunningEndpoint.run(options { $0.bodyMemory = 1000 }) { endpoint in
                let padding = String(repeating: "x", count: 700)
                let claim =
                    #"{"type":"t1","timeout":1000,"wait_timeout":60000,"x":"\#(padding)"}"#
                try await endpoint.connect { first in
                    try await first.send(post("/v1/jobs/start_job_by_type", claim))
                    try await endpoint.whenWaiting(1)

                    try await endpoint.connect { second in
                        try await second.send(post("/v1/jobs/start_job_by_type", claim))
                        try await endpoint.whenWaiting(2)

                        try await endpoint.addJob(refID: "r1")
                        try await endpoint.addJob(refID: "r2")
                        #expect(try await first.readAnswer().status == 200)
                        #expect(try await second.readAnswer().status == 200)
                    }
                }
            }
        }

        @Test("a connection above the limit gets a 503, until another one ends")
        func connections() async throws {
            try await RunningEndpoint.run(options { $0.maxConnections = 1 }) { endpoint in
                try await endpoint.connect { first in
                    try await first.send(post("/v1/jobs/get_jobs"))
                    #expect(try await first.readAnswer().status == 200)

                    try await endpoint.connect { second in
                        let answer = try await second.readAnswer()
                        #expect(answer.isError(503, "InvalidState", "OVERLOADED"))
                        #expect(answer.header("Retry-After") == "1")
                        try await second.expectEnd()
                    }
                    try await first.send(post("/v1/jobs/get_jobs"))
                    #expect(try await first.readAnswer().status == 200)
                }
                var status = 0
                while status != 200 {
                    status = try await endpoint.connect { third in
                        try await third.send(post("/v1/jobs/get_jobs"))
                        return try await third.readAnswer().status
                    }
                }
            }
        }

        @Test(
            "an operation above the limit gets a 503, until another one ends; probes are still served"
        )
        func requests() async throws {
            try await RunningEndpoint.run(options { $0.maxRequests = 1 }) { endpoint in
                try await endpoint.connect { busy in
                    try await busy.send(post("/slow"))
                    try await endpoint.slowBegan.wait()

                    try await endpoint.connect { other in
                        try await other.send(addJob("r1"))
                        let answer = try await other.readAnswer()
                        #expect(answer.isError(503, "InvalidState", "OVERLOADED"))
                        #expect(answer.header("Retry-After") == "1")
                        try await other.send("GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try await other.readAnswer().status == 200)
                        endpoint.slowMayEnd.set()
                        #expect(try await busy.readAnswer().status == 200)
                        try await other.send(addJob("r1"))
                        #expect(try await other.readAnswer().string("ref_id") == "r1")
                    }
                }
                #expect(try await endpoint.countJobs() == 1)
            }
        }
    }
}
