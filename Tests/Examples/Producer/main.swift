import JobsClient

struct Mail: Codable { var to, text: String }

let url = CommandLine.arguments.dropFirst().first ?? "http://localhost:8080"
let client = try HTTPJobsClient(url: url)
let mail = Mail(to: "ann@example.com", text: "Your order is on its way.")
let job = try await client.add(
    NewJob(type: "mail", refID: "order-7", ttl: .seconds(3600), params: mail))
print("Added job \(job.id)")
await client.shutdown()
