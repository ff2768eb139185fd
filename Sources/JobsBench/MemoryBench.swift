import ArgumentParser
import Foundation
import JSON
import Jobs
import JobsMemory
import Synchronization

/// Measures the memory store alone: the memory per job, and whether claims slow down as the store
/// fills.
struct MemoryBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Bytes per job and claims/s of the memory store.")

    @Option(help: "The number of jobs in the large store.")
    var jobs = 1_000_000

    @Option(help: "The number of jobs of each unclaimable kind before the others.")
    var obstacles = 100_000

    @Option(help: "How often each store is measured, in turn; the median is reported.")
    var rounds = 7

    func run() async throws {
        let before = try residentBytes()
        let large = try Store(backlog: jobs)
        let perJob = (try residentBytes() - before) / jobs
        print("memory: \(perJob) bytes a job (\(jobs) jobs, params of 40 bytes)")

        let small = try Store(backlog: 1000)
        let obstructed = try Store(backlog: 1000)
        try await obstructed.obstruct(with: obstacles)
        var rates: [[Double]] = [[], [], []]
        for _ in 0..<rounds {
            for (index, store) in [small, large, obstructed].enumerated() {
                rates[index].append(try store.claimsPerSecond())
            }
        }
        let medians = rates.map { $0.sorted()[$0.count / 2] }
        report("claims/s among 1,000 jobs", medians[0], against: medians[0])
        report("claims/s among \(jobs) jobs", medians[1], against: medians[0])
        report("claims/s behind \(obstacles) of each kind", medians[2], against: medians[0])
    }

    private func report(_ name: String, _ rate: Double, against reference: Double) {
        print("\(name): \(Int(rate)), ratio \(String(format: "%.2f", rate / reference))")
    }
}

/// A memory store with a backlog of constant length.
private struct Store {
    private let store: MemoryJobsPersistence
    private let params: JSONText
    private let time = SettableTime()

    init(backlog: Int) throws {
        let time = time
        store = MemoryJobsPersistence(clock: { time.now() })
        params = try JSONText(#"{"to":"somebody@example.com","text":"hi"}"#)
        for index in 0..<backlog { add(index) }
    }

    private func add(
        _ index: Int, type: String = "mail", ttl: Int64 = 0, delay: Int64? = nil, priority: Int = 0
    ) {
        _ = store.add([
            NewJob(
                type: type, refID: "ref-\(index)", ttl: ttl, params: params, priority: priority,
                delay: delay)
        ])
    }

    /// Adds jobs that cannot be claimed before all others: expired, exhausted, leased, delayed.
    func obstruct(with count: Int) async throws {
        for index in 0..<count { add(index, delay: 1 << 40, priority: 1) }
        for index in 0..<count { add(index, priority: 1) }
        for started in store.claim(
            Claim(type: "mail", timeout: 0, maxRetries: 1, limit: count))
        {
            precondition(started.job.priority == 1, "jobs of the backlog stay as they are")
        }
        for index in 0..<count { add(index, priority: 1) }
        _ = store.claim(
            Claim(type: "mail", timeout: 1 << 40, maxRetries: 1, limit: count))
        for index in 0..<count { add(index, ttl: 1, priority: 1) }
        time.advance(by: 10)
    }

    /// Claims one job at a time, then replaces the claimed jobs, which is not timed.
    func claimsPerSecond() throws -> Double {
        let count = 500
        var claimed: [JobChange] = []
        let start = ContinuousClock.now
        for _ in 0..<count {
            guard
                let started = store.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 1, limit: 1)
                )
                .first
            else { preconditionFailure("the backlog is longer than what is claimed") }
            claimed.append(JobChange(started.job.id, started.lockToken, .complete))
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        _ = store.change(claimed)
        for change in claimed { _ = store.delete(change.id) }
        for index in 0..<count { add(index) }
        time.advance(by: 1)
        return Double(count) / seconds
    }
}

/// A clock that stands still during a measurement.
private final class SettableTime: Sendable {
    private let milliseconds = Atomic(Timestamp.now().milliseconds)

    func now() -> Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }

    func advance(by count: Int64) { milliseconds.wrappingAdd(count, ordering: .relaxed) }
}
