import ArgumentParser
import Foundation
import JobsClient
import Logging
import ServiceLifecycle
import Synchronization

/// Measures how many jobs a second one worker process completes with handlers that do nothing.
struct DrainBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Jobs/s of one worker with empty handlers.")

    @Option var url: String
    @Option(help: "The number of jobs for each worker.") var jobs = 20_000
    @Option(help: "The number of concurrent handlers; several values are measured in turn.")
    var concurrency: [Int] = [1, 16, 128]

    func run() async throws {
        let client = try HTTPJobsClient(url: url)
        for concurrency in concurrency {
            let rate = try await drain(client, concurrency)
            print("concurrency \(concurrency): \(Int(rate)) jobs/s")
        }
        await client.shutdown()
    }

    private func drain(_ client: HTTPJobsClient, _ concurrency: Int) async throws -> Double {
        // A single handler is slow, so it gets fewer jobs.
        let count = concurrency == 1 ? jobs / 10 : jobs
        let type = "drain-\(concurrency)"
        let added = try await client.add(
            (0..<count).map { NewJob(type: type, refID: "\($0)") })
        for result in added { _ = try result.get() }
        let handled = Atomic(0)
        let (ends, end) = AsyncStream<ContinuousClock.Instant>.makeStream()
        var logger = Logger(label: "worker")
        logger.logLevel = .error
        let worker = JobsWorker(
            client, type: type, concurrency: concurrency, timeout: .seconds(60), logger: logger
        ) { _ in
            if handled.wrappingAdd(1, ordering: .relaxed).newValue == count { end.yield(.now) }
        }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: worker)], logger: logger))
        let start = ContinuousClock.now
        async let running: Void = group.run()
        var iterator = ends.makeAsyncIterator()
        let last = await iterator.next() ?? .now
        await group.triggerGracefulShutdown()
        try await running
        return Double(count) / (start.duration(to: last) / .seconds(1))
    }
}
