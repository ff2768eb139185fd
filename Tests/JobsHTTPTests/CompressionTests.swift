import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import JobsHTTP

private let head =
    "POST /v1/jobs/add_job HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
private let job = #"{"new_job":{"type":"t1","ref_id":"r1","ttl":0}}"#

extension OverASocket {
    @Suite("compression")
    struct CompressionTests {
        static let accepted: [(accept: String?, encoding: String?)] = [
            (nil, nil), ("", nil), ("identity", nil), ("br", nil), ("gzip", "gzip"),
            ("gzip, deflate", "gzip"), ("deflate, gzip", "gzip"),
            ("gzip, deflate, br, zstd", "gzip"),
            ("GZIP", "gzip"), ("x-gzip", "gzip"), ("gzip;q=0.5, deflate;q=0.9", "gzip"),
            ("deflate", "deflate"), ("gzip;q=0", nil), ("gzip; q=0, deflate", "deflate"),
            ("*;q=0", nil), ("identity;q=1, *;q=0", nil), ("gzip;q=1.0", "gzip"),
            ("compress, gzip", "gzip"), ("gzipx", nil),
        ]

        @Test(
            "an answer is compressed if the client asks for it, gzip before deflate",
            arguments: accepted)
        func answers(accept: String?, encoding: String?) async throws {
            try await RunningEndpoint.run { endpoint in
                for _ in 0..<10 { try await endpoint.addJob() }
                try await endpoint.connect { client in
                    let header = accept.map { "Accept-Encoding: \($0)" } ?? "X: y"
                    for _ in 0..<2 {
                        try await client.send(post("/v1/jobs/get_jobs", "{}", header))
                        let answer = try await client.readAnswer()

                        #expect(answer.header("Content-Encoding") == encoding)
                        #expect(answer.header("Content-Length") == "\(answer.body?.count ?? 0)")
                        let body = try encoding.map { try inflate(answer.body, $0) } ?? answer.body
                        let page = TestAnswer(status: 200, headers: [:], body: body)
                        #expect(page.jobs.count == 10)
                    }
                }
            }
        }

        @Test(
            "each pipelined answer is encoded as its request accepts, also without a body"
        )
        func inStep() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send(
                        post("/v1/jobs/get_jobs", "{}", "Accept-Encoding: gzip")
                            + post("/v1/jobs/clean_jobs", "{}", "Accept-Encoding: gzip")
                            + post("/v1/jobs/get_jobs")
                            + "HEAD /v1/jobs/get_jobs HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"
                            + post("/none", "{}", "Accept-Encoding: gzip")
                            + post("/v1/jobs/get_jobs"))
                    let empty = #"{"data":[],"total":null}"#

                    let first = try await client.readAnswer()
                    #expect(first.header("Content-Encoding") == "gzip")
                    #expect(try inflate(first.body) == Data(empty.utf8))
                    let second = try await client.readAnswer()
                    #expect(second.status == 204)
                    #expect(second.header("Content-Encoding") == nil)
                    #expect(try await client.readAnswer().text == empty)
                    let fourth = try await client.readAnswer(hasBody: false)
                    #expect(fourth.status == 405)
                    #expect(fourth.header("Content-Encoding") == nil)
                    let fifth = try await client.readAnswer()
                    #expect(fifth.status == 404)
                    #expect(fifth.header("Content-Encoding") == "gzip")
                    #expect(try await client.readAnswer().text == empty)
                }
            }
        }

        @Test("an answer of any size is compressed whole", arguments: [0, 1, 100, 3000])
        func sizes(jobs: Int) async throws {
            try await RunningEndpoint.run { endpoint in
                // Text that does not compress well.
                for _ in 0..<jobs {
                    var random = SystemRandomNumberGenerator()
                    let params = (0..<200).map { _ in "\(random.next())" }
                    try await endpoint.addJob(params: "[\(params.joined(separator: ","))]")
                }
                try await endpoint.connect { client in
                    let plain = try await client.answer(to: post("/v1/jobs/get_jobs"))
                    let packed = try await client.answer(
                        to: post("/v1/jobs/get_jobs", "{}", "Accept-Encoding: gzip"))

                    #expect(packed.header("Content-Encoding") == "gzip")
                    let body = try inflate(packed.body)
                    #expect(body == plain.body)
                }
            }
        }

        @Test("a compressed request is read", arguments: ["gzip", "GZIP"])
        func request(encoding: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let body = try gzip(ByteBuffer(string: job))
                    for _ in 0..<2 {
                        try await client.send(
                            head + "Content-Encoding: \(encoding)\r\n"
                                + "Content-Length: \(body.readableBytes)\r\n\r\n")
                        try await client.send(body)

                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                    try await client.send(addJob("r2"))
                    #expect(try await client.readAnswer().string("ref_id") == "r2")
                }
            }
        }

        @Test("a compressed request that is damaged or cut short gets a 400 and is not done")
        func damaged() async throws {
            try await RunningEndpoint.run { endpoint in
                let whole = try gzip(ByteBuffer(string: job))
                let cut = try #require(whole.getSlice(at: 0, length: whole.readableBytes - 9))
                for body in [cut, ByteBuffer(string: job), ByteBuffer(buffer: whole, and: "more")] {
                    try await endpoint.connect { client in
                        try await client.send(
                            head + "Content-Encoding: gzip\r\n"
                                + "Content-Length: \(body.readableBytes)\r\n\r\n")
                        try await client.send(body)

                        #expect(
                            try await client.readAnswer().isError(
                                400, "BadRequest", "MALFORMED_REQUEST"))
                        try await client.expectEnd()
                    }
                }
                #expect(try await endpoint.countJobs() == 0)
            }
        }

        @Test("a small body that inflates beyond the limit gets a 413", arguments: [2, 65])
        func bomb(megabytes: Int) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    let body = try gzip(
                        ByteBuffer(repeating: UInt8(ascii: " "), count: megabytes << 20))
                    try await client.send(
                        head + "Content-Encoding: gzip\r\n"
                            + "Content-Length: \(body.readableBytes)\r\n\r\n")
                    try await client.send(body)

                    #expect(
                        try await client.readAnswer().isError(
                            413, "BadRequest", "REQUEST_TOO_LARGE"))
                }
            }
        }
    }
}

extension ByteBuffer {
    fileprivate init(buffer: ByteBuffer, and text: String) {
        self = buffer
        writeString(text)
    }
}
