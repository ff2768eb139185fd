import JobsClient
import Logging
import ServiceLifecycle
import UnixSignals

struct Mail: Codable { var to: String }

let url = CommandLine.arguments.dropFirst().first ?? "http://localhost:8080"
let client = try HTTPJobsClient(url: url)
let worker = JobsWorker(
    client, type: "mail", params: Mail.self, concurrency: 8, timeout: .seconds(60)
) { mail, job, context in
    guard mail.to.contains("@") else { throw JobFailure("No address", retry: false) }
    print("Attempt \(job.retries): mail to \(mail.to)")
    return ["sent": true]
}
let group = ServiceGroup(
    services: [client, worker], gracefulShutdownSignals: [.sigterm, .sigint],
    logger: Logger(label: "mailer"))
try await group.run()
