import Foundation
import HTTPTestSupport
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import NIOCore
import Testing

@testable import JobsHTTP

private let head =
    "POST /v1/jobs/delete_jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

extension OverASocket {
    @Suite("malformed HTTP and incomplete requests")
    struct MalformedTests {
        static let noHTTP = [
            "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "get / http/1.1\r\n\r\n",
            "POST /v1/jobs/delete_jobs HTTP/1.1\r\nno colon\r\n\r\n",
            "POST /v1/jobs/delete_jobs HTTP/1.1\r\nbad name: x\r\n\r\n",
            "POST /v1/jobs/delete_jobs HTTP/1.1\r\n: x\r\n\r\n",
            "POST /v1/jobs/delete_jobs HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            head + "Content-Length: abc\r\n\r\n", head + "Content-Length: -1\r\n\r\n",
            head + "Content-Length: 99999999999999999999\r\n\r\n",
            head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
            head + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            head + "Host: y\r\nContent-Length: 2\r\n\r\n{}",
            "POST /v1/jobs/delete_jobs HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}BAD",
        ]

        @Test(
            "malformed HTTP gets a readable 400, has no effect, and ends the connection",
            arguments: noHTTP)
        func malformed(request: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.send(request)
                    let answer = try await client.readAnswer()

                    #expect(
                        answer.isError(400, "BadRequest", "MALFORMED_REQUEST"), "\(answer.text)")
                    #expect(answer.header("Connection") == "close")
                    try await client.expectEnd()
                    #expect(try await endpoint.countJobs() == 1)
                }
            }
        }

        @Test("the 400 follows the answers to earlier requests, and later ones are not carried out")
        func behindAnswers() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(addJob("r1") + post("/slow") + addJob("r2"))
                    try await client.send("GARBAGE\r\n\r\n" + post("/v1/jobs/delete_jobs"))
                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                    try await endpoint.slowBegan.wait()
                    endpoint.slowMayEnd.set()

                    #expect(try await client.readAnswer().json as? String == "slow")
                    let second = try await client.readAnswer()
                    #expect(second.string("ref_id") == "r2")
                    #expect(second.header("Connection") == nil)
                    #expect(
                        try await client.readAnswer().isError(
                            400, "BadRequest", "MALFORMED_REQUEST"))
                    try await client.expectEnd()
                    #expect(try await endpoint.countJobs() == 2)
                }
            }
        }

        @Test("a malformed request behind a running one gets its 400 in its turn")
        func brokenBodyBehindSlow() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.send(post("/slow"))
                    try await client.send(head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}BAD")
                    try await endpoint.slowBegan.wait()
                    endpoint.slowMayEnd.set()

                    #expect(try await client.readAnswer().json as? String == "slow")
                    #expect(
                        try await client.readAnswer().isError(
                            400, "BadRequest", "MALFORMED_REQUEST"))
                    try await client.expectEnd()
                    #expect(try await endpoint.countJobs() == 1)
                }
            }
        }

        @Test("a request that was answered before its error was found gets no second answer")
        func brokenAfterAnswer() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(
                        "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
                    )
                    #expect(try await client.readAnswer().status == 404)
                    try await client.send("XYZ\r\n")

                    try await client.expectEnd()
                }
            }
        }

        /// Incomplete requests that would delete every job if they ended here.
        static let unfinished = [
            head + "Content-Length: 2\r\n\r\n", head + "Content-Length: 5\r\n\r\n{}",
            head + "Transfer-Encoding: chunked\r\n\r\n", head + "Content-Length: 2\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", head,
            "POST /v1/jobs/delete_jobs",
        ]

        @Test(
            "an incomplete request gets an error and is not carried out", arguments: unfinished)
        func breaksOff(request: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.send(request)
                    client.finish()

                    #expect(
                        try await client.readAnswer().isError(
                            400, "BadRequest", "MALFORMED_REQUEST"))
                    try await client.expectEnd()
                }
                #expect(try await endpoint.countJobs() == 1)
            }
        }

        @Test(
            "a request whose connection is lost is not carried out, and is not logged as an error",
            arguments: unfinished, [true, false])
        func connectionLost(request: String, isReset: Bool) async throws {
            let stopped = try await RunningEndpoint.run { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    // The answer to the first shows that the start of the second has been sent too.
                    try await client.send(post("/v1/jobs/get_jobs") + request)
                    #expect(try await client.readAnswer().status == 200)
                    if isReset { try await client.reset() }
                }
                return endpoint
            }
            // The endpoint has stopped, so whatever it would have done is done.
            #expect(try await stopped.countJobs() == 1)
            #expect(!stopped.log.lines.contains { $0.level >= .warning })
        }
    }
}
