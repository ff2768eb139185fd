import ArgumentParser
import Foundation
import JobsClient
import Logging
import ServiceLifecycle
import UnixSignals

/// A worker whose handlers only sleep, and print when they begin and end. Tests kill, stop and
/// disconnect it to check that no job is lost.
///
/// Prints a line for each event: `began <id> <attempt> <ns>`, and `ended <id> <attempt> <ns> done`
/// or `cancelled`. Times are from the monotonic clock, which all processes of a machine share.
struct WorkBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Works on jobs until it is stopped.")

    @Option var url: String
    @Option var type = "work"
    @Option var concurrency = 16
    @Option(help: "The lease duration in milliseconds.") var timeout: Int
    @Option(help: "How long handlers may continue after a SIGTERM, in milliseconds.") var grace: Int

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
            // One in twenty takes longer than its lease.
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

/// Writes a line with one unbuffered write, so that it survives a kill of the process.
private func tell(_ what: String, _ job: Job, _ how: String = "") {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_sec * 1_000_000_000 + time.tv_nsec
    let line = "\(what) \(job.id) \(job.retries) \(nanoseconds) \(how)\n"
    FileHandle.standardOutput.write(Data(line.utf8))
}
