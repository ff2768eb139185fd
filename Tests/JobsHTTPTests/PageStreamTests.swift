import Foundation
import HTTPTestSupport
import JSON
import Jobs
import JobsMemory
import Logging
import NIOCore
import Synchronization
import Testing

@testable import JobsHTTP

extension OverASocket {
    @Suite("pages that are too large for one piece")
    struct PageStreamTests {
        /// Adds 12 jobs, three of which are more than a slice.
        private func addJobs(_ endpoint: RunningEndpoint) async throws {
            let params = "\"" + String(repeating: "x", count: 2_000_000) + "\""
            for number in 0..<12 { try await endpoint.addJob(refID: "\(number)", params: params) }
        }

        /// The document that the page would be in one piece.
        private func document(_ endpoint: RunningEndpoint, _ paging: Paging) async throws -> Data {
            let page = try await endpoint.jobs.list(JobFilter(), paging)
            var json = JSONWriter(capacity: 0)
            json.page(page)
            return Data(json.buffer.readableBytesView)
        }

        @Test(
            "it is the same document, with all its jobs, its total and its limits",
            arguments: [
                ("{}", Paging()), (#"{"paging":{"total":true}}"#, Paging(wantsTotal: true)),
                (
                    #"{"paging":{"skip":2,"take":7,"total":true}}"#,
                    Paging(skip: 2, take: 7, wantsTotal: true)
                ),
                (#"{"paging":{"skip":9,"take":100}}"#, Paging(skip: 9, take: 100)),
                (
                    #"{"paging":{"skip":1,"take":10,"order":"desc"}}"#,
                    Paging(skip: 1, take: 10, isDescending: true)
                ),
            ], [nil, "gzip"])
        func whole(arguments: (body: String, paging: Paging), encoding: String?) async throws {
            try await RunningEndpoint.run { endpoint in
                try await addJobs(endpoint)
                let expected = try await document(endpoint, arguments.paging)
                try await endpoint.connect { client in
                    let header = encoding.map { "Accept-Encoding: \($0)" } ?? "X: y"
                    for _ in 0..<2 {
                        let answer = try await client.answer(
                            to: post("/v1/jobs/get_jobs", arguments.body, header))

                        #expect(answer.status == 200)
                        #expect(answer.header("Transfer-Encoding") == "chunked")
                        #expect(answer.header("Content-Length") == nil)
                        #expect(answer.header("Content-Encoding") == encoding)
                        let body = try encoding.map { try inflate(answer.body, $0) } ?? answer.body
                        #expect(body == expected)
                    }
                    let answer = try await client.answer(to: addJob("next"))
                    #expect(answer.string("ref_id") == "next")
                }
            }
        }

        @Test("it has the members that are asked for, of all its jobs")
        func selection() async throws {
            try await RunningEndpoint.run { endpoint in
                try await addJobs(endpoint)
                try await endpoint.connect { client in
                    let answer = try await client.answer(
                        to: post(
                            "/v1/jobs/get_jobs", #"{"fields":["ref_id"],"paging":{"total":true}}"#))

                    let jobs = (0..<12).map { "\($0)" }
                    #expect(answer.jobs.compactMap { $0["ref_id"] as? String } == jobs)
                    #expect(answer.jobs.allSatisfy { $0.count == 2 })
                    #expect(answer.integer("total") == 12)
                }
            }
        }

        @Test("a page that fits has its length and is in one piece")
        func fitting() async throws {
            try await RunningEndpoint.run { endpoint in
                try await addJobs(endpoint)
                let expected = try await document(endpoint, Paging(take: 2))
                try await endpoint.connect { client in
                    let answer = try await client.answer(
                        to: post("/v1/jobs/get_jobs", #"{"paging":{"take":2}}"#))

                    #expect(answer.header("Content-Length") == "\(expected.count)")
                    #expect(answer.body == expected)
                }
            }
        }

        @Test(
            "for an HTTP/1.0 client the page ends with the connection",
            arguments: ["X: y", "Connection: keep-alive"])
        func http10(header: String) async throws {
            try await RunningEndpoint.run { endpoint in
                try await addJobs(endpoint)
                let expected = try await document(endpoint, Paging())
                try await endpoint.connect { client in
                    try await client.send(
                        post("/v1/jobs/get_jobs", "{}", header).replacing(
                            "HTTP/1.1", with: "HTTP/1.0"))
                    let text = try await client.readToEnd()

                    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
                    #expect(parts.first?.hasPrefix("HTTP/1.0 200 OK") == true)
                    #expect(parts.first?.lowercased().contains("transfer-encoding") == false)
                    #expect(parts.first?.lowercased().contains("connection: close") == true)
                    #expect(parts.last.map { Data($0.utf8) } == expected)
                }
            }
        }

        @Test(
            "a page that fails halfway ends the connection, is logged and leaks nothing",
            arguments: ["HTTP/1.1", "HTTP/1.0"])
        func failing(version: String) async throws {
            let store = BreakingPersistence()
            try await RunningEndpoint.run(persistence: store) { endpoint in
                try await addJobs(endpoint)
                store.breakAfter(lists: 2)
                try await endpoint.connect { client in
                    try await client.send(
                        post("/v1/jobs/get_jobs").replacing("HTTP/1.1", with: version))
                    await #expect(throws: (any Error).self) {
                        while try await client.read() {}
                    }
                    #expect(!String(buffer: client.buffer).contains("\"total\""))
                }
                try await endpoint.whenConnected(0)
                let lines = endpoint.log.lines.filter { $0.level == .error }
                #expect(
                    lines.map(\.message) == ["Failed to finish an answer, its connection is closed"]
                )
            }
        }

        @Test("a page is read no faster than its client reads it")
        func backpressure() async throws {
            let store = BreakingPersistence()
            try await RunningEndpoint.run(persistence: store) { endpoint in
                for _ in 0..<5 { try await addJobs(endpoint) }
                try await endpoint.connect { client in
                    try await client.send(post("/v1/jobs/get_jobs"))
                    _ = try await client.read()
                    // The sockets of both sides hold some of the 20 slices.
                    try await Task.sleep(for: .milliseconds(500))
                    #expect(store.lists < 15)

                    let answer = try await client.readAnswer()
                    #expect(answer.jobs.count == 60)
                    #expect(store.lists == 21)
                }
            }
        }
    }
}

/// A store in memory that counts lists, and fails after some.
private final class BreakingPersistence: JobsPersistenceLayer {
    let base: any JobsPersistence = MemoryJobsPersistence()
    private let state = Mutex((lists: 0, limit: Int.max))

    var lists: Int { state.withLock { $0.lists } }

    func breakAfter(lists: Int) { state.withLock { $0.limit = $0.lists + lists } }

    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        let isBroken = state.withLock { state in
            state.lists += 1
            return state.lists > state.limit
        }
        if isBroken { throw JobsError.unavailable(reason: "broken") }
        return try await base.list(filter, paging)
    }
}
