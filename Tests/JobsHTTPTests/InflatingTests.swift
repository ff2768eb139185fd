import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("malicious compressed bodies")
    struct InflatingTests {
        /// A request with a body that is declared as gzip.
        private func request(_ line: String, _ body: ByteBuffer, _ headers: String = "")
            -> ByteBuffer
        {
            var request = ByteBuffer(
                string: "\(line) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Encoding: gzip\r\n\(headers)"
                    + "Content-Length: \(body.readableBytes)\r\n\r\n")
            request.writeImmutableBuffer(body)
            return request
        }

        /// An empty object with many blanks, in gzip.
        private func blanks(_ count: Int) throws -> ByteBuffer {
            var body = ByteBuffer(repeating: UInt8(ascii: " "), count: count)
            body.setString("{}", at: 0)
            return try gzip(body)
        }

        @Test(
            "nothing is inflated for a refused caller or an unknown path",
            arguments: [
                ("POST /v1/jobs/add_job", 401), ("POST /v1/jobs/delete_jobs", 403),
                ("POST /none", 404), ("PUT /v1/jobs/add_job", 405), ("GET /heartbeat", 200),
            ])
        func notForStrangers(line: String, status: Int) async throws {
            try await RunningEndpoint.run(access: .sample) { endpoint in
                try await endpoint.connect { client in
                    let key = status == 403 ? "Authorization: Bearer nothing\r\n" : ""
                    let noGzip = ByteBuffer(string: "this would be a 400")
                    for _ in 0..<2 {
                        try await client.send(request(line, noGzip, key))

                        #expect(try await client.readAnswer().status == status)
                    }
                }
            }
        }

        @Test("inflated bytes count for the memory of bodies until they are released")
        func counted() async throws {
            var options = EndpointOptions(port: 0)
            options.bodyMemory = 100_000
            try await RunningEndpoint.run(options) { [options] endpoint in
                try await endpoint.connect { client in
                    for size in [options.requestMaxSize, 200_000, 101_000] {
                        try await client.send(request("POST /v1/jobs/get_jobs", blanks(size)))
                        #expect(
                            try await client.readAnswer().isError(
                                503, "InvalidState", "OVERLOADED"))
                    }
                    for _ in 0..<3 {
                        try await client.send(request("POST /v1/jobs/get_jobs", blanks(90_000)))
                        #expect(try await client.readAnswer().status == 200)
                    }
                }
            }
        }

        @Test("a body may inflate to the limit and not to one byte more", arguments: [0, 1])
        func limit(more: Int) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let body = try blanks((1 << 20) + more)
                    for _ in 0..<2 {
                        try await client.send(request("POST /v1/jobs/get_jobs", body))

                        #expect(try await client.readAnswer().status == (more > 0 ? 413 : 200))
                    }
                }
            }
        }

        @Test("a compressed body is read from pieces of any size")
        func inPieces() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let text = #"{"new_job":{"type":"t1","ref_id":"r1","ttl":0}}"#
                    let bytes = try request("POST /v1/jobs/add_job", gzip(ByteBuffer(string: text)))
                    for byte in bytes.readableBytesView {
                        try await client.send(ByteBuffer(bytes: [byte]))
                    }

                    #expect(try await client.readAnswer().string("ref_id") == "r1")
                }
            }
        }

        @Test("requests after a damaged body on its connection are not carried out")
        func behindDamage() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    var bytes = request("POST /v1/jobs/add_job", ByteBuffer(string: "no gzip"))
                    bytes.writeString(addJob("r1"))
                    try await client.send(bytes)

                    #expect(
                        try await client.readAnswer().isError(
                            400, "BadRequest", "MALFORMED_REQUEST"))
                    try await client.expectEnd()
                }
            }
        }
    }
}
