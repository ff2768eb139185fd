import Foundation
import HTTPTypes
import Jobs
import JobsAPI
import JobsEngine
import JobsMemory
import JobsTestSupport
import NIOCore
import Synchronization
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("Events")
    struct EventTests {
        private static let get = "GET /v1/jobs/events HTTP/1.1\r\nHost: localhost\r\n"

        @Test("the stream begins at once, is not compressed, and has the state of the service")
        func content() async throws {
            let activity = JobActivity()
            let store = MemoryJobsPersistence(observer: activity)
            try await RunningEndpoint.run(persistence: store, activity: activity) { endpoint in
                for _ in 0..<3 { try await endpoint.addJob() }
                try await endpoint.connect { client in
                    try await client.send(Self.get + "Accept-Encoding: gzip\r\n\r\n")
                    let head = try await client.readHead().lowercased()
                    #expect(head.hasPrefix("http/1.1 200"))
                    #expect(head.contains("content-type: text/event-stream"))
                    #expect(head.contains("transfer-encoding: chunked"))
                    #expect(head.contains("cache-control: no-cache"))
                    #expect(!head.contains("content-encoding"))
                    #expect(try await client.readChunk() == Data("retry: 3000\n\n".utf8))

                    let first = try await client.readEvent()
                    let second = try await client.readEvent()

                    #expect(second.id > first.id)
                    #expect(first["available"] as? Bool == true)
                    #expect(first["overloaded"] as? Bool == false)
                    #expect(first["every"] as? Int ?? 0 >= 20)
                    #expect((0...60_000).contains(first["age"] as? Int ?? -1))
                    #expect(first["instance"] as? String == "host1")
                    #expect(first["version"] as? String == "1.2.3")
                    #expect(first["instances"] as? Int == 1 && first["total"] as? Int == 1)
                    #expect(first["error"] == nil && first["paused"] == nil)
                    #expect(first["rates_since"] is String && first["time"] is String)
                    let row = try #require(first.rows.first)
                    #expect(row["type"] as? String == "t1")
                    #expect((row["counts"] as? [String: Int])?["ready"] == 3)
                    #expect(first.added("t1")?.count == 60 && second.added("t1")?.count == 3)
                    #expect(first.added("t1")?.reduce(0, +) == 3)
                }
            }
        }

        @Test("a hundred listeners get one summary, and nothing is read while nobody listens")
        func shared() async throws {
            let store = WatchedPersistence()
            try await RunningEndpoint.run(persistence: store) { endpoint in
                try await endpoint.addJob()
                #expect(store.counts == 0)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            try await endpoint.connect { client in
                                try await client.listen(Self.get)
                                for _ in 0..<5 { _ = try await client.readEvent() }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // One may be under way, or end between the two readings.
                #expect((-1...1).contains(store.counts - endpoint.feed.made))
                try await endpoint.whenConnected(0)
                try await eventually { endpoint.feed.listeners == 0 }
                let counts = store.counts
                try await Task.sleep(for: .milliseconds(200))
                #expect(store.counts <= counts + 1)
                let rest = store.counts
                try await Task.sleep(for: .milliseconds(200))
                #expect(store.counts == rest)
            }
        }

        @Test("listeners of the same types get the same bytes")
        func sameBytes() async throws {
            var options = SummaryFeed.Options()
            options.interval = .milliseconds(300)
            try await RunningEndpoint.run(feed: options) { endpoint in
                try await endpoint.connect { one in
                    try await one.listen(Self.get)
                    let first = try await one.readEvent()
                    try await endpoint.connect { two in
                        try await two.listen(Self.get)
                        let same = try await two.readEvent()
                        #expect(same.id == first.id && same.data == first.data)
                        let next = try await one.readEvent()
                        let nextSame = try await two.readEvent()
                        #expect(next.id == nextSame.id && next.data == nextSame.data)
                        #expect(next.id > first.id)
                    }
                }
            }
        }

        @Test("callers that are limited to types see only these, and need the scope to read")
        func access() async throws {
            let activity = JobActivity()
            let store = MemoryJobsPersistence(observer: activity)
            _ = store.add(
                ["a", "b", "c"].map { NewJob(type: $0, refID: "r") }
                    + (0..<120).map { NewJob(type: "x\($0)", refID: "r") })
            try await RunningEndpoint.run(access: .sample, persistence: store, activity: activity) {
                endpoint in
                try await endpoint.connect { client in
                    for (header, status) in [
                        ("X: y", 401), ("X-Api-Key: jobs:produce", 403), ("X-Api-Key: wrong", 401),
                    ] {
                        let answer = try await client.answer(to: Self.get + header + "\r\n\r\n")
                        #expect(answer.status == status, "\(header)")
                    }
                }
                try await endpoint.connect { client in
                    try await client.listen(Self.get + "Authorization: Bearer limited\r\n")
                    let event = try await client.readEvent()
                    #expect(event.rows.compactMap { $0["type"] as? String } == ["a"])
                    #expect(event["total"] as? Int == 1 && event["other_rates"] == nil)
                    #expect(!String(decoding: event.data, as: UTF8.self).contains("\"b\""))
                }
                try await endpoint.connect { client in
                    try await client.listen(Self.get + "X-Api-Key: jobs:read\r\n")
                    let event = try await client.readEvent()
                    #expect(event.rows.count == 123 && event["other_rates"] != nil)
                }
            }
        }

        @Test("a stream ends when its key is removed, and the next one is refused")
        func removedKey() async throws {
            let access = Access([APIKeyAuthenticator([Access.key("k", scopes: [.read])])])
            try await RunningEndpoint.run(access: access) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get + "X-Api-Key: k\r\n")
                    _ = try await client.readEvent()
                    access.use([])
                    while try await !client.readChunk().isEmpty {}
                    let next = try await client.answer(to: Self.get + "X-Api-Key: k\r\n\r\n")
                    #expect(next.status == 401)
                }
            }
        }

        @Test("a stop ends the stream cleanly, and closes the connection")
        func stop() async throws {
            var options = SummaryFeed.Options()
            options.interval = .seconds(60)
            try await RunningEndpoint.run(feed: options) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    _ = try await client.readEvent()
                    await endpoint.shutDown()
                    #expect(try await client.readChunk().isEmpty)
                    try await client.expectEnd()
                    try await endpoint.hasStopped.wait()
                }
            }
            // Nothing is reported as a failure.
        }

        @Test("while the store is away, the last numbers are told with their age, and why")
        func away() async throws {
            let store = WatchedPersistence()
            try await RunningEndpoint.run(persistence: store) { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    #expect(try await client.readEvent().rows.count == 1)
                    store.setAway(true)
                    var event = try await client.readEvent()
                    while event["available"] as? Bool == true {
                        event = try await client.readEvent()
                    }
                    let error = event["error"] as? [String: String]
                    #expect(error?["code"] == "CONNECT_FAILED")
                    #expect(
                        error?["message"]
                            == "The store of the jobs cannot be reached, try again later")
                    #expect(event.rows.count == 1)
                    let age = try #require(event["age"] as? Int)
                    let later = try await client.readEvent()
                    let laterAge = try #require(later["age"] as? Int)
                    #expect(laterAge > age)

                    // A new listener has the last numbers too.
                    try await endpoint.connect { other in
                        try await other.listen(Self.get)
                        let event = try await other.readEvent()
                        #expect(event["available"] as? Bool == false && event.rows.count == 1)
                    }
                    store.setAway(false)
                    while try await client.readEvent()["available"] as? Bool == false {}
                }
            }
        }

        @Test("without any numbers the stream says why, and has no types")
        func neverThere() async throws {
            let store = WatchedPersistence()
            store.setAway(true)
            try await RunningEndpoint.run(persistence: store) { endpoint in
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    let event = try await client.readEvent()
                    #expect(event["available"] as? Bool == false && event["error"] != nil)
                    for name in ["data", "age", "time", "instances", "total"] {
                        #expect(event[name] == nil, "\(name)")
                    }
                    #expect(event["instance"] as? String == "host1")
                }
            }
        }

        @Test("a store that does not answer is told after a while; comments come in the meantime")
        func hanging() async throws {
            let store = WatchedPersistence()
            var options = SummaryFeed.Options.often
            options.patience = .milliseconds(200)
            options.silence = .milliseconds(40)
            try await RunningEndpoint.run(persistence: store, feed: options) { endpoint in
                try await endpoint.addJob()
                try await endpoint.connect { client in
                    try await client.listen(Self.get)
                    _ = try await client.readEvent()
                    store.hangsCounts.withLock { $0 = true }
                    while try await client.readChunk() != Data(": waiting\n\n".utf8) {}
                    // A count that takes long is no outage.
                    for _ in 0..<15 {
                        #expect(try await client.readChunk() == Data(": waiting\n\n".utf8))
                    }
                    store.hangs.withLock { $0 = true }
                    var comments = 0
                    var chunk = try await client.readChunk()
                    while !String(decoding: chunk, as: UTF8.self).contains("TIMED_OUT") {
                        if chunk == Data(": waiting\n\n".utf8) { comments += 1 }
                        chunk = try await client.readChunk()
                    }
                    #expect(comments > 0)
                    store.hangsCounts.withLock { $0 = false }
                    store.hangs.withLock { $0 = false }
                    while try await client.readEvent()["available"] as? Bool == false {}
                }
            }
        }
    }
}
