import Logging
import Metrics

/// The metrics of a worker.
struct WorkerMetrics: Sendable {
    enum Outcome: String, CaseIterable {
        case completed, failed, undecodable, lost
        /// The job was cancelled while its handler ran.
        case cancelled
        /// The job was aborted because the worker stopped.
        case returned
        /// The handler returned, but the result could not be reported to the service.
        case untold
    }

    private let jobs: [Outcome: Counter]
    private let time: Timer
    private let running: Meter

    init(type: String) {
        jobs = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                let dimensions = [("type", type), ("outcome", outcome.rawValue)]
                return (outcome, Counter(label: "jobs_worker_jobs", dimensions: dimensions))
            })
        time = Timer(label: "jobs_worker_handler_time", dimensions: [("type", type)])
        running = Meter(label: "jobs_worker_running", dimensions: [("type", type)])
    }

    func began() { running.increment() }

    func handled(in duration: Duration) {
        running.decrement()
        time.record(duration: duration)
    }

    func count(_ outcome: Outcome) { jobs[outcome]?.increment() }
}

extension Job {
    /// The metadata of log messages about the job.
    var logMetadata: Logger.Metadata {
        ["job_id": "\(id)", "type": "\(type)", "attempt": "\(retries)"]
    }
}

extension JobsWorker {
    /// The metadata of log messages that are not about one job.
    var logMetadata: Logger.Metadata { ["type": "\(types.joined(separator: ", "))"] }
}
