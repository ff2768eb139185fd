import Foundation
import JobsTestSupport
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("answers that are not read")
    struct UnreadAnswerTests {
        /// Adds more than the socket buffers of both sides hold.
        private func addLargeJobs(_ endpoint: RunningEndpoint) async throws {
            let params = "\"" + String(repeating: "x", count: 1_000_000) + "\""
            for _ in 0..<40 { try await endpoint.addJob(params: params) }
        }

        @Test(
            "a client that does not read loses its connection, also with pipelined requests",
            arguments: ["", "GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n"])
        func unread(behind: String) async throws {
            var options = EndpointOptions(port: 0)
            options.writeTimeout = .milliseconds(200)
            try await RunningEndpoint.run(options) { endpoint in
                try await addLargeJobs(endpoint)
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs") + behind)

                    try await endpoint.whenConnected(1)
                    try await endpoint.whenConnected(0)
                }
            }
        }

        @Test("a client that waits for its answer for longer than that keeps its connection")
        func working() async throws {
            var options = EndpointOptions(port: 0)
            options.writeTimeout = .milliseconds(50)
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { client in
                    try await client.send(post("/slow"))
                    try await endpoint.slowBegan.wait()
                    try await Task.sleep(for: .milliseconds(200))
                    endpoint.slowMayEnd.set()

                    #expect(try await client.readAnswer().json as? String == "slow")
                    try await Task.sleep(for: .milliseconds(200))
                    #expect(try await client.answer(to: addJob("r1")).status == 200)
                }
            }
        }

        @Test("unread answers limit the accepted requests, until they are read")
        func memory() async throws {
            var options = EndpointOptions(port: 0)
            options.answerMemory = 1 << 20
            try await RunningEndpoint.run(options) { endpoint in
                try await addLargeJobs(endpoint)
                try await endpoint.connect { client in
                    let all = try await client.answer(to: post("/v1/jobs/get_jobs"))
                    #expect(all.isError(503, "InvalidState", "OVERLOADED"))
                    let one = post("/v1/jobs/get_jobs", #"{"paging":{"take":1}}"#)
                    for _ in 0..<3 {
                        let answer = try await client.answer(to: one)
                        #expect(answer.jobs.count == 1)
                    }
                }
            }
        }
    }
}
