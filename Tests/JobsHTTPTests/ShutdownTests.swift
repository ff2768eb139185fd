import Foundation
import HTTPTestSupport
import JobsTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("stopping and waiting")
    struct ShutdownTests {
        @Test(
            "a running request is answered at a stop, and the answer closes the connection")
        func inFlight() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(post("/slow"))
                    try await endpoint.slowBegan.wait()
                    await endpoint.shutDown()
                    try await endpoint.refusesConnections()
                    #expect(!endpoint.hasStopped.isSet)
                    endpoint.slowMayEnd.set()
                    let answer = try await client.readAnswer()

                    #expect(answer.json as? String == "slow")
                    #expect(answer.header("Connection") == "close")
                    try await client.expectEnd()
                }
                try await endpoint.hasStopped.wait()
            }
        }

        @Test(
            "connections without a request are closed at once", arguments: ["", "POST /v1/jo"])
        func idle(sent: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs") + sent)
                    #expect(try await client.readAnswer().status == 200)
                    await endpoint.shutDown()

                    try await client.expectEnd()
                    try await endpoint.hasStopped.wait()
                }
            }
        }

        @Test(
            "an incomplete request has a grace period, and is not carried out without the rest"
        )
        func halfSent() async throws {
            let options = EndpointOptions(port: 0, shutdownGrace: .milliseconds(50))
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.send(
                        post("/v1/jobs/get_jobs")
                            + "POST /v1/jobs/delete_jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                            + "Content-Type: application/json\r\n\r\n")
                    #expect(try await client.readAnswer().status == 200)
                    await endpoint.shutDown()

                    try await client.expectEnd()
                    try await endpoint.hasStopped.wait()
                }
                #expect(try await endpoint.countJobs() == 1)
            }
        }

        @Test(
            "a request that is incomplete at a stop is carried out if the rest arrives")
        func restComes() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let request = addJob("r1")
                    try await client.send(post("/v1/jobs/get_jobs") + request.dropLast(5))
                    #expect(try await client.readAnswer().status == 200)
                    await endpoint.shutDown()
                    try await endpoint.refusesConnections()
                    try await client.send(String(request.suffix(5)))
                    let answer = try await client.readAnswer()

                    #expect(answer.string("ref_id") == "r1")
                    #expect(answer.header("Connection") == "close")
                    try await client.expectEnd()
                }
                try await endpoint.hasStopped.wait()
            }
        }

        @Test("a client that does not read does not delay the stop")
        func slowReader() async throws {
            let options = EndpointOptions(port: 0, shutdownGrace: .milliseconds(50))
            try await RunningEndpoint.run(options) { endpoint in
                let params = "\"" + String(repeating: "x", count: 1_000_000) + "\""
                for _ in 0..<40 { try await endpoint.addJob(params: params) }
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs"))
                    #expect(try await client.read())
                    await endpoint.shutDown()

                    try await endpoint.hasStopped.wait()
                }
            }
        }

        @Test("a long answer that a client is reading at a stop arrives whole")
        func longAnswer() async throws {
            try await RunningEndpoint.run { endpoint in
                let params = "\"" + String(repeating: "x", count: 1_000_000) + "\""
                for _ in 0..<40 { try await endpoint.addJob(params: params) }
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs"))
                    #expect(try await client.read())
                    await endpoint.shutDown()

                    #expect(try await client.readAnswer().jobs.count == 40)
                    try await client.expectEnd()
                }
                try await endpoint.hasStopped.wait()
            }
        }

        @Test(
            "an idle connection is closed after a while, also within a request",
            arguments: [
                "", "POST /v1/jobs", "POST /v1/jobs/delete_jobs HTTP/1.1\r\nHost: x\r\n",
                "POST /v1/jobs/delete_jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 5\r\n\r\n",
            ])
        func idleTimeout(sent: String) async throws {
            let options = EndpointOptions(port: 0, idleTimeout: .seconds(1))
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    if !sent.isEmpty { try await client.send(sent) }

                    try await client.expectEnd()
                }
                #expect(try await endpoint.countJobs() == 1)
            }
        }

        @Test("connections that arrive during a stop are closed and do no harm")
        func arriving() async throws {
            for _ in 0..<20 {
                try await RunningEndpoint.run { endpoint in
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<20 {
                            group.addTask {
                                // Refused, cut off or closed, as luck has it.
                                try? await endpoint.connect { _ = try await $0.readToEnd() }
                            }
                        }
                        await endpoint.shutDown()
                    }
                    try await endpoint.hasStopped.wait()
                }
            }
        }

        @Test("a connection with a running request is not idle")
        func workingIsNotIdle() async throws {
            let options = EndpointOptions(port: 0, idleTimeout: .seconds(1))
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { busy in
                    try await busy.send(post("/slow"))
                    try await endpoint.slowBegan.wait()
                    // A later connection shows that the time is over.
                    let rest = try await endpoint.connect { try await $0.readToEnd() }
                    #expect(rest == "")
                    endpoint.slowMayEnd.set()

                    #expect(try await busy.readAnswer().json as? String == "slow")
                    #expect(try await busy.readToEnd() == "")
                }
            }
        }

        @Test("an address that is taken is an error")
        func addressTaken() async throws {
            try await RunningEndpoint.run { endpoint in
                let second = try HTTPEndpoint(
                    options: EndpointOptions(host: "127.0.0.1", port: endpoint.port), routes: [],
                    logger: LogRecorder().logger)

                await #expect(throws: (any Error).self) { try await second.run() }
            }
        }
    }
}

extension RunningEndpoint {
    /// Waits until connections are refused.
    fileprivate func refusesConnections() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            do {
                try await connect { _ in }
            } catch is NIOConnectionError {
                return
            } catch is IOError {
                return
            }
            await Task.yield()
        }
        Issue.record("connections are still accepted")
    }
}
