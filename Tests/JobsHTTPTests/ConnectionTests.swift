import Foundation
import JobsTestSupport
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("connections")
    struct ConnectionTests {
        @Test("a connection serves one request after another")
        func keepAlive() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    for number in 1...5 {
                        try await client.send(addJob("r\(number)"))
                        let answer = try await client.readAnswer()

                        #expect(answer.string("ref_id") == "r\(number)")
                        #expect(answer.header("Connection") == nil)
                    }
                }
            }
        }

        @Test("pipelined requests are answered in order, those without a body included")
        func pipelining() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    var requests = ""
                    for number in 1...20 {
                        requests += addJob("r\(number)") + post("/v1/jobs/clean_jobs")
                        requests += "GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n" + post("/none")
                    }
                    try await client.send(requests)

                    for number in 1...20 {
                        #expect(try await client.readAnswer().string("ref_id") == "r\(number)")
                        #expect(try await client.readAnswer().status == 204)
                        #expect(try await client.readAnswer().json is String)
                        #expect(try await client.readAnswer().isError(404, "NotFound", "NOT_FOUND"))
                    }
                }
            }
        }

        @Test("a request may arrive byte by byte")
        func byteByByte() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    for byte in addJob("r1").utf8 {
                        try await client.send(ByteBuffer(integer: byte))
                    }

                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                }
            }
        }

        @Test("a body may arrive in chunks, with extensions and trailers")
        func chunked() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let head =
                        "POST /v1/jobs/add_job HTTP/1.1\r\nHost: x\r\n"
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    for _ in 0..<2 {
                        try await client.send(head + "b\r\n{\"new_job\":\r\n")
                        try await client.send("A;x=y\r\n{\"type\":\"t\r\n")
                        try await client.send(
                            "1b\r\n\",\"ref_id\":\"r1\",\"ttl\":1}}  \r\n0\r\nX: y\r\n\r\n")

                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                }
            }
        }

        @Test("Expect: 100-continue is answered")
        func expectContinue() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    for expectation in ["100-continue", "100-Continue"] {
                        let request = addJob("r1", "Expect: \(expectation)")
                        let end = try #require(request.range(of: "\r\n\r\n")).upperBound
                        try await client.send(String(request[..<end]))
                        #expect(try await client.readAnswer().status == 100)
                        try await client.send(String(request[end...]))

                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                }
            }
        }

        @Test("Expect: 100-continue of a pipelined request is answered in its turn")
        func expectContinuePipelined() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let request = addJob("r1", "Expect: 100-continue")
                    let end = try #require(request.range(of: "\r\n\r\n")).upperBound
                    try await client.send(post("/slow") + String(request[..<end]))
                    try await endpoint.slowBegan.wait()
                    endpoint.slowMayEnd.set()
                    #expect(try await client.readAnswer().json as? String == "slow")
                    #expect(try await client.readAnswer().status == 100)
                    try await client.send(String(request[end...]))

                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                }
            }
        }

        @Test("an HTTP/1.0 client gets its answer and the end of the connection")
        func http10() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(
                        addJob("r1", "Expect: 100-continue").replacing("HTTP/1.1", with: "HTTP/1.0")
                    )
                    let answer = try await client.readAnswer()

                    #expect(answer.string("ref_id") == "r1")
                    #expect(answer.header("Connection") == "close")
                    try await client.expectEnd()
                }
            }
        }

        @Test("an HTTP/1.0 client that requests it keeps its connection, and the answer says so")
        func http10KeepAlive() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    for _ in 0..<3 {
                        try await client.send(
                            addJob("r1", "Connection: Keep-Alive")
                                .replacing("HTTP/1.1", with: "HTTP/1.0"))
                        let answer = try await client.readAnswer()

                        #expect(answer.string("ref_id") == "r1")
                        #expect(answer.header("Connection")?.lowercased() == "keep-alive")
                    }
                }
            }
        }

        @Test(
            "a connection is closed after the answer if the client requests it",
            arguments: ["close", "Close", "close, TE", "TE, close"])
        func close(value: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(addJob("r1", "Connection: \(value)"))
                    let answer = try await client.readAnswer()

                    #expect(answer.string("ref_id") == "r1")
                    #expect(answer.header("Connection") == "close")
                    try await client.expectEnd()
                }
            }
        }

        @Test("requests after one that closes the connection are not carried out")
        func pipelinedBehindClose() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(
                        addJob("r1") + addJob("r2", "Connection: close") + addJob("r3")
                            + post("/v1/jobs/delete_jobs"))
                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                    #expect(try await client.readAnswer().string("ref_id") == "r2")

                    try await client.expectEnd()
                    #expect(try await endpoint.countJobs() == 2)
                }
            }
        }

        @Test("a client that has closed its sending side still gets all answers")
        func halfClosed() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(post("/slow") + addJob("r1"))
                    client.finish()
                    try await endpoint.slowBegan.wait()
                    endpoint.slowMayEnd.set()

                    #expect(try await client.readAnswer().json as? String == "slow")
                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                    try await client.expectEnd()
                }
            }
        }

        @Test("a long answer reaches a slow reader that has closed its sending side")
        func halfClosedSlowReader() async throws {
            try await RunningEndpoint.run { endpoint in
                let params = "\"" + String(repeating: "x", count: 1_000_000) + "\""
                for _ in 0..<20 { try await endpoint.addJob(params: params) }
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs"))
                    client.finish()

                    #expect(try await client.readAnswer().jobs.count == 20)
                    try await client.expectEnd()
                }
            }
        }

        @Test(
            "an answer says how long its connection is kept, if it is kept",
            arguments: [
                ("HTTP/1.1", "X: y", "timeout=74"), ("HTTP/1.1", "Connection: close", nil),
                ("HTTP/1.0", "X: y", nil), ("HTTP/1.0", "Connection: keep-alive", "timeout=74"),
            ])
        func keepAlive(version: String, header: String, value: String?) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let request = addJob("r1", header).replacing("HTTP/1.1", with: version)

                    let answer = try await client.answer(to: request)

                    #expect(answer.header("Keep-Alive") == value)
                }
            }
        }

        @Test("an answer does not announce a keep-alive of less than a second")
        func shortKeepAlive() async throws {
            let options = EndpointOptions(port: 0, idleTimeout: .milliseconds(1500))
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { client in
                    let answer = try await client.answer(to: addJob("r1"))

                    #expect(answer.header("Keep-Alive") == nil)
                }
            }
        }

        @Test("offers to speak another protocol are ignored", arguments: ["h2c", "websocket"])
        func upgrade(protocol: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    for _ in 0..<3 {
                        try await client.send(
                            addJob(
                                "r1", "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: \(`protocol`)",
                                "HTTP2-Settings: AAEAAEAAAAIAAAAB"))

                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                    try await client.send("GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try await client.readAnswer().status == 200)
                }
            }
        }

        @Test(
            "odd targets are answered",
            arguments: [
                ("GET http://localhost/heartbeat HTTP/1.1", 200),
                ("GET http://localhost HTTP/1.1", 404),
                ("OPTIONS * HTTP/1.1", 404), ("GET /heartbeat?a=%zz&=&&b HTTP/1.1", 200),
                ("GET /heartbeat#x HTTP/1.1", 404), ("GET /%00 HTTP/1.1", 404),
                ("GET ? HTTP/1.1", 400), ("GET http://: HTTP/1.1", 404),
                ("M-SEARCH * HTTP/1.1", 404),
                ("PROPFIND /heartbeat HTTP/1.1", 405), ("GET //heartbeat HTTP/1.1", 404),
            ])
        func targets(line: String, status: Int) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send("\(line)\r\nHost: localhost\r\n\r\n")

                    #expect(try await client.readAnswer().status == status)
                }
            }
        }
    }
}
