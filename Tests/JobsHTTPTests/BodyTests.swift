import Foundation
import HTTPTypes
import HummingbirdCore
import JobsAPI
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

private let validJob = #"{"new_job":{"type":"t1","ref_id":"r1","ttl":0}}"#

@Suite("Transport: how bodies are read")
struct BodyTests {
    let service = TestService()

    private static let jsonTypes = [
        "application/json", "application/json; charset=utf-8", "Application/JSON",
        "application/json ;x=y", "application/json\t; x", "application/vnd.api+json",
        "APPLICATION/problem+JSON; q=1",
    ]

    private static let otherTypes = [
        "text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonx",
        "application/xml", "application", "", ";", "text/x+json", "json",
    ]

    @Test("a body of any content type is read as JSON", arguments: jsonTypes + otherTypes)
    func contentTypes(type: String) async throws {
        let answer = try await service.post("add_job", validJob, headers: ["Content-Type": type])

        #expect(answer.status == 200)
    }

    @Test("a body without a content type is read as JSON")
    func missingContentType() async throws {
        let body = RequestBody(buffer: ByteBuffer(string: validJob))

        let answer = try await service.send(.post, "/v1/jobs/add_job", [:], body)

        #expect(answer.status == 200)
    }

    @Test("the refusal of a body with another content type names the header")
    func otherContentTypes() async throws {
        for type in Self.otherTypes {
            let answer = try await service.post(
                "get_jobs", "type=mail", headers: ["Content-Type": type])

            #expect(answer.isError(400, "BadRequest", "INVALID_JSON"), "\(type)")
            #expect(answer.string("message")?.contains("Content-Type") == true)
            #expect(answer.string("message")?.hasSuffix(type.isEmpty ? "none" : type) == true)
        }
        let json = try await service.post("get_jobs", "type=mail")
        #expect(json.string("message")?.contains("Content-Type") == false)
    }

    @Test("a byte order mark at the start of a body is accepted", arguments: ["{}", "null", ""])
    func byteOrderMark(body: String) async throws {
        #expect(try await service.post("get_jobs", "\u{FEFF}" + body).status == 200)
        #expect(try await service.post("get_jobs", "\u{FEFF}\u{FEFF}" + body).status == 400)
        #expect(try await service.post("get_jobs", " \u{FEFF}" + body).status == 400)
        #expect(try await service.post("add_job", "\u{FEFF}" + validJob).status == 200)
    }

    @Test(
        "no body, an empty one, {} and null are all no arguments",
        arguments: [nil, "", "{}", "null", " \n{ }\t", " null "])
    func emptyBodies(body: String?) async throws {
        #expect(try await service.post("get_jobs", body).status == 200)
        #expect(try await service.post("clean_jobs", body).status == 204)
        #expect(try await service.post("delete_jobs", body).status == 204)
        #expect(try await service.post("add_job", body).status == 400)
    }

    @Test(
        "a body that is not an object is refused",
        arguments: ["[]", "[{}]", #""text""#, "5", "1e3", "true", "false"])
    func notAnObject(body: String) async throws {
        for command in Command.all {
            let answer = try await service.post(command.name, body)

            #expect(answer.isError(400, "BadRequest", "INVALID_DATA"), "\(command.name)")
        }
    }

    private static let brokenTexts: [String] = [
        "{", "}", #"{"filter":}"#, #"{"filter" {}}"#, "{}{}", "{},", "{'a':1}", "{a:1}", "nul",
        #"{"a":01}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":NaN}"#,
        #"{"a":Infinity}"#, #"{"a":"\x"}"#, "{\"a\":\"\n\"}", #"{"a":1,}"#, #"{"a":[1,]}"#,
        #"{"a":"\ud800"}"#, #"{"a":"\udc00x"}"#, #"{"a":"\ud800\u0041"}"#, "{\u{FEFF}}",
        #"{"a":"#, #"{"a":tru}"#, "{\"a\":\"", "/**/{}",
    ]

    /// Bytes inside a string that are not UTF-8.
    private static let invalidUTF8: [[UInt8]] = [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80],
    ]

    static let broken: [[UInt8]] =
        brokenTexts.map { Array($0.utf8) }
        + invalidUTF8.map { Array(#"{"a":""#.utf8) + $0 + Array(#""}"#.utf8) }

    @Test("a broken body is refused and nothing is done", arguments: broken)
    func brokenBody(body: [UInt8]) async throws {
        _ = try await service.addJob()

        let answer = try await service.post("/v1/jobs/delete_jobs", body: ByteBuffer(bytes: body))

        #expect(answer.isError(400, "BadRequest", "INVALID_JSON"))
        #expect(answer.string("message")?.hasPrefix("Invalid JSON: ") == true)
        #expect(try await service.countJobs() == 1)
    }

    @Test("nesting beyond the limit of the stores is refused", arguments: [1001, 5000, 100_000])
    func tooDeep(levels: Int) async throws {
        let nested =
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)

        let answer = try await service.post(
            "add_job",
            #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"params":\#(nested)}}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_JSON"))
    }

    /// A body of exactly `size` bytes that adds a job.
    private func job(ofSize size: Int) -> ByteBuffer {
        let start = #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"params":""#
        let fill = String(repeating: "x", count: size - start.utf8.count - 3)
        return ByteBuffer(string: start + fill + #""}}"#)
    }

    @Test("a body of 1 MiB works, and one byte more is too large")
    func largestBody() async throws {
        let largest = try await service.post("/v1/jobs/add_job", body: job(ofSize: 1 << 20))
        let tooLarge = try await service.post("/v1/jobs/add_job", body: job(ofSize: 1 << 20 + 1))

        #expect(largest.status == 200)
        #expect(tooLarge.isError(413, "BadRequest", "REQUEST_TOO_LARGE"))
        #expect(try await service.countJobs() == 1)
    }

    @Test("a body that exceeds the limit in parts is refused, regardless of its declared length")
    func tooLargeInParts() async throws {
        let service = TestService(options: EndpointOptions(port: 0, requestMaxSize: 100))
        let parts = AsyncStream { continuation in
            for _ in 0..<11 { continuation.yield(ByteBuffer(string: "          ")) }
            continuation.finish()
        }

        let answer = try await service.send(
            .post, "/v1/jobs/get_jobs", ["Content-Type": "application/json"],
            RequestBody(asyncSequence: parts))

        #expect(answer.isError(413, "BadRequest", "REQUEST_TOO_LARGE"))
    }

    @Test("a body is refused by its declared length without being read")
    func declaredTooLarge() async throws {
        let answer = try await service.post(
            "get_jobs", "{}", headers: ["Content-Length": "1048577"])

        #expect(answer.isError(413, "BadRequest", "REQUEST_TOO_LARGE"))
    }

    @Test("the limit is the configured one")
    func configuredLimit() async throws {
        let service = TestService(options: EndpointOptions(port: 0, requestMaxSize: 1 << 21))

        let answer = try await service.post("/v1/jobs/add_job", body: job(ofSize: 1 << 21))

        #expect(answer.status == 200)
    }

    @Test("a body in several parts is reassembled")
    func inParts() async throws {
        let parts = AsyncStream { continuation in
            for byte in validJob.utf8 { continuation.yield(ByteBuffer(integer: byte)) }
            continuation.finish()
        }

        let answer = try await service.send(
            .post, "/v1/jobs/add_job", ["Content-Type": "application/json"],
            RequestBody(asyncSequence: parts))

        #expect(answer.status == 200)
        #expect(answer.string("ref_id") == "r1")
    }
}
