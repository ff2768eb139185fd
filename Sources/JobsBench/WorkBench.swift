import ArgumentParser
import Foundation
import JobsClient
import Logging
import ServiceLifecycle
import UnixSignals

/// A worker whose handlers only take their time, and tell when they begin and end: what is killed, stopped
/// and cut off to see that no job suffers.
///
/// A line on standard output for each: `began <id> <attempt> <ns>`, and `ended <id> <attempt> <ns> done`
/// or `cancelled`. Times are of the monotonic clock that all processes of a machine share.
struct WorkBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Works jobs off until it is told to stop.")

    @Option var url: String
    @Option var type = "work"
    @Option var concurrency = 16
    @Option(help: "Milliseconds that a lease lasts.") var timeout: Int
    @Option(help: "Milliseconds that handlers may go on after a SIGTERM.") var grace: Int

    func run() async throws {
        var logger = Logger(label: "worker") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        let client = try HTTPJobsClient(HTTPJobsClientOptions(url: url), logger: logger)
        var options = JobsWorkerOptions()
        options.gracePeriod = .milliseconds(grace)
        let lease = timeout
        let worker = JobsWorker(
            client, type: type, concurrency: concurrency, timeout: .milliseconds(lease),
            options: options, logger: logger
        ) { job in
            tell("began", job)
            // One in twenty takes longer than a lease lasts.
            let isLong = Int.random(in: 0..<20) == 0
            let milliseconds = isLong ? lease * 3 / 2 : Int.random(in: 50...250)
            do {
                try await Task.sleep(for: .milliseconds(milliseconds))
            } catch {
                tell("ended", job, "cancelled")
                throw error
            }
            tell("ended", job, "done")
        }
        let group = ServiceGroup(
            services: [client, worker], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await group.run()
    }
}

/// Writes a line at once and whole, so that it is there also when the process is killed.
private func tell(_ what: String, _ job: Job, _ how: String = "") {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_sec * 1_000_000_000 + time.tv_nsec
    let line = "\(what) \(job.id) \(job.retries) \(nanoseconds) \(how)\n"
    FileHandle.standardOutput.write(Data(line.utf8))
}
