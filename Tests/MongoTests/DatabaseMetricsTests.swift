import BSON
import CoreMetrics
import MetricsTestKit
import Mongo
import Testing

@Suite struct DatabaseMetricsTests {
    @Test("commands are timed by name, and errors count by kind")
    func commands() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            try await TestServer.withClient { client, database in
                for _ in 0..<2 { _ = try? await client.run(.insert(1), on: database, as: .write) }
                _ = try await client.collect(.find(), on: database)
                _ = try? await client.run(
                    BSONDocument { $0.append("noSuchThing", 1) }, on: database, as: .plain)
            }
        }

        for (command, count) in [("insert", 2), ("find", 1), ("noSuchThing", 1)] {
            let timer = try metrics.expectTimer("mongo_command_seconds", [("command", command)])
            #expect(timer.values.count == count, "\(command)")
        }
        for (command, kind) in [("insert", "duplicate_key"), ("noSuchThing", "other")] {
            let counter = try metrics.expectCounter(
                "mongo_command_errors_total", [("command", command), ("kind", kind)])
            #expect(counter.totalValue == 1, "\(command)")
        }
    }

    @Test("the pool's use is the running and the waiting calls")
    func pool() async throws {
        try await TestServer.withClient { client, database in
            _ = try await client.run(.ping, on: database, as: .plain)
            while client.poolUse.inUse > 0 { try await Task.sleep(for: .milliseconds(1)) }

            #expect(client.poolUse == (size: 32, inUse: 0, waiting: 0))
        }
    }
}
