import Foundation
import JobsTestSupport
import NIOCore
import Testing

@testable import JobsHTTP

private let head =
    "POST /v1/jobs/add_job HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

extension OverASocket {
    @Suite("bodies over the limit")
    struct LimitTests {
        @Test(
            "a body with too large a declared length gets a 413, and the connection stays open",
            arguments: [0, 3])
        func declared(megabytesMore: Int) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let size = (1 << 20) + 1 + megabytesMore << 20
                    for number in 1...2 {
                        try await client.send(head + "Content-Length: \(size)\r\n\r\n")
                        try await client.send(ByteBuffer(repeating: UInt8(ascii: " "), count: size))
                        #expect(
                            try await client.readAnswer().isError(
                                413, "BadRequest", "REQUEST_TOO_LARGE"))
                        try await client.send(addJob("r\(number)"))
                        #expect(try await client.readAnswer().string("ref_id") == "r\(number)")
                    }
                }
            }
        }

        @Test("a declared length beyond 64 bits gets a 413 at once")
        func beyondNumbers() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(head + "Content-Length: 9223372036854775808\r\n\r\n")
                    let answer = try await client.readAnswer()
                    #expect(answer.isError(413, "BadRequest", "REQUEST_TOO_LARGE"))
                }
            }
        }

        @Test("a body that exceeds the limit in chunks gets a 413, and the connection stays open")
        func chunked() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
                    let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
                    for _ in 0..<40 { try await client.send(chunk) }
                    try await client.send("0\r\n\r\n" + addJob("r1"))

                    #expect(
                        try await client.readAnswer().isError(
                            413, "BadRequest", "REQUEST_TOO_LARGE"))
                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                }
            }
        }

        @Test(
            "a client that sends its whole body before it reads gets its answer",
            arguments: [
                ("POST /v1/jobs/add_job", 413), ("POST /none", 404), ("PUT /heartbeat", 405),
                ("POST /slow", 200),
            ], ["close", "keep-alive"])
        func unreadBody(request: (line: String, status: Int), connection: String) async throws {
            try await RunningEndpoint.run { endpoint in
                endpoint.slowMayEnd.set()
                try await endpoint.connect { client in
                    // More than the socket buffers of both sides hold.
                    let size = 48 << 20
                    try await client.send(
                        "\(request.line) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Connection: \(connection)\r\nContent-Length: \(size)\r\n\r\n")
                    let part = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)
                    for _ in 0..<48 { try await client.send(part) }

                    #expect(try await client.readAnswer().status == request.status)
                    if connection == "close" {
                        try await client.expectEnd()
                    } else {
                        try await client.send(addJob("r1"))
                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                }
            }
        }

        @Test("a body of 1 MiB works over the wire")
        func largest() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let start = #"{"new_job":{"type":"t","ref_id":"r1","ttl":0}}"#
                    let fill = String(repeating: " ", count: (1 << 20) - start.utf8.count)
                    try await client.send(post("/v1/jobs/add_job", start + fill))

                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                }
            }
        }
    }
}
