import JobsClient

struct Mail: Codable { var to: String }

let url = CommandLine.arguments.dropFirst().first ?? "http://localhost:8080"
let client = try HTTPJobsClient(url: url)
let job = try await client.add(
    NewJob(
        type: "mail", refID: "order-7", ttl: .seconds(3600), params: Mail(to: "ann@example.com")))
print("Added job \(job.id)")
await client.shutdown()
