import Foundation
import Jobs
import JobsMemory
import JobsTestSupport
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("Limits of listeners")
    struct EventLimitTests {
        private static let get = "GET /v1/jobs/events HTTP/1.1\r\nHost: localhost\r\n"

        @Test("beyond the limit listeners are refused, until one has left")
        func tooMany() async throws {
            var options = SummaryFeed.Options.often
            options.maximumListeners = 1
            try await RunningEndpoint.run(feed: options) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    try await endpoint.connect { other in
                        let answer = try await other.answer(to: Self.get + "\r\n")
                        #expect(answer.isError(503, "InvalidState", "OVERLOADED"))
                        #expect(answer.header("Retry-After") == "30")
                        try await client.close()
                        try await eventually { endpoint.feed.listeners == 0 }
                        try await other.listen(Self.get)
                        _ = try await other.readEvent()
                    }
                }
            }
        }

        @Test("a listener that does not read loses its connection; others go on")
        func unread() async throws {
            let store = MemoryJobsPersistence()
            for number in 0..<2000 {
                let type = "\(number)" + String(repeating: "x", count: 500)
                _ = store.add([NewJob(type: type, refID: "r")])
            }
            var options = EndpointOptions(port: 0)
            options.writeTimeout = .milliseconds(300)
            var feed = SummaryFeed.Options.often
            feed.bytesPerSecond = .max
            try await RunningEndpoint.run(options, persistence: store, feed: feed) { endpoint in
                try await endpoint.connect { reader in
                    try await reader.listen(Self.get)
                    try await endpoint.connect { client in
                        try await client.send(Self.get + "\r\n")
                        try await eventually { endpoint.feed.listeners == 2 }
                        while endpoint.feed.listeners == 2 { _ = try await reader.readEvent() }
                        #expect(endpoint.feed.listeners == 1)
                        _ = try await reader.readEvent()
                    }
                }
            }
        }

        @Test("listeners hold no place of the requests in progress, and are not load")
        func places() async throws {
            var options = EndpointOptions(port: 0)
            options.maxRequests = 1
            let load = LoadLimit(latency: .milliseconds(1))
            try await RunningEndpoint.run(options, load: load) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    _ = try await client.readEvent()
                    #expect(endpoint.endpoint.requestsInFlight == 0 && load.inWork == 0)
                    try await endpoint.connect { other in
                        let answer = try await other.answer(to: addJob("r1"))
                        #expect(answer.status == 200)
                    }
                }
            }
        }

        @Test("while operations are refused, summaries come less often and say so")
        func overloaded() async throws {
            let load = LoadLimit(latency: .milliseconds(30))
            try await RunningEndpoint.run(load: load) { endpoint in
                _ = load.refuse()
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    let event = try await client.readEvent()
                    #expect(event["overloaded"] as? Bool == true)
                    let every = try #require(event["every"] as? Int)
                    #expect(every >= 80)
                }
            }
        }

        @Test("pages of other origins are refused as for operations")
        func origins() async throws {
            let options = EndpointOptions(port: 0, corsOrigins: ["https://good.example"])
            try await RunningEndpoint.run(options) { endpoint in
                for header in ["Origin: https://bad.example", "Sec-Fetch-Site: cross-site"] {
                    try await endpoint.connect { client in
                        let answer = try await client.answer(to: Self.get + header + "\r\n\r\n")
                        #expect(answer.isError(403, "Unauthorized", "FOREIGN_ORIGIN"))
                    }
                }
                try await endpoint.connect { client in
                    try await client.listen(Self.get + "Origin: https://good.example\r\n")
                    _ = try await client.readEvent()
                }
            }
        }

        @Test("a stream outlives the time after which idle connections are closed")
        func idle() async throws {
            let options = EndpointOptions(port: 0, idleTimeout: .milliseconds(200))
            var feed = SummaryFeed.Options()
            feed.interval = .milliseconds(500)
            try await RunningEndpoint.run(options, feed: feed) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    let first = try await client.readEvent()
                    _ = try await client.readEvent()
                    #expect(try await client.readEvent().id == first.id + 2)
                }
            }
        }

        @Test("for an HTTP/1.0 client the stream ends with the connection")
        func http10() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { client in
                    try await client.send("GET /v1/jobs/events HTTP/1.0\r\n\r\n")
                    let head = try await client.readHead()
                    #expect(!head.lowercased().contains("chunked"))
                    while !String(buffer: client.buffer).contains("id: 2\n") {
                        try #require(try await client.read())
                    }
                    await endpoint.shutDown()
                    _ = try await client.readToEnd()
                }
            }
        }
    }
}
