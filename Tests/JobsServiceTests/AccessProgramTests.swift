import Foundation
import Testing

/// The program generates, requires and sends keys.
@Suite("Access control of the program", .timeLimit(.minutes(2)))
struct AccessProgramTests {
    private struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    private func jobs(_ arguments: [String], _ environment: [String: String] = [:]) async throws
        -> Outcome
    {
        try await RunningProgram.with(arguments, environment: environment) { program in
            let status = try await program.waitForExit()
            return Outcome(status: status, output: program.output, error: program.error)
        }
    }

    /// A new key, and its entry for the configuration.
    private func makeKey(_ arguments: String...) async throws -> (key: String, entry: String) {
        let outcome = try await jobs(["key"] + arguments)
        try #require(outcome.status == 0)
        // The key is not on standard output, so `jobs key ... >> keys.yml` does not store it.
        return (outcome.error.replacing("\n", with: ""), outcome.output)
    }

    @Test("generated keys allow the operations of their scopes")
    func keys() async throws {
        let producer = try await makeKey("shop", "--scope", "produce")
        let worker = try await makeKey("o'mailer", "--scope", "jobs:work", "--type", "mail")
        #expect(!worker.entry.contains(worker.key))
        let file = Data((producer.entry + worker.entry).utf8)
        try await withTemporaryFiles(["keys.yml": file]) { directory in
            let port = try freePort()
            let url = "http://127.0.0.1:\(port)"
            let environment = [
                "HTTP_HOST": "", "HTTP_PORT": "\(port)",
                "ACCESS_KEYS_FILE": "\(directory)/keys.yml",
            ]
            try await RunningProgram.with(environment: environment) { program in
                try await program.waitForLine("started.")
                #expect(program.output.contains("] Callers need one of 2 keys\n"))
                let (shop, mailer) = (
                    ["JOBS_URL": url, "JOBS_KEY": producer.key],
                    ["JOBS_URL": url, "JOBS_KEY": worker.key]
                )

                let stranger = try await jobs(["add", "mail", "1"], ["JOBS_URL": url])
                #expect(stranger.status == 65)
                #expect(stranger.error.contains("401 NOT_SIGNED"))
                #expect(try await jobs(["add", "mail", "1"], shop).status == 0)
                #expect(try await jobs(["add", "sms", "1"], shop).status == 0)
                let refused = try await jobs(["start", "mail"], shop)
                #expect(refused.status == 65)
                #expect(refused.error.contains("The scope jobs:work is needed"))
                #expect(try await jobs(["start", "sms"], mailer).status == 65)
                #expect(try await jobs(["start", "mail"], mailer).status == 0)
                #expect(try await jobs(["clean"], mailer).status == 65)
                #expect(try await jobs(["health"], environment).status == 0)

                try await program.waitForLine("Audit: clean_jobs")
                #expect(program.error.contains("principal=o'mailer"))
                #expect(program.error.contains("connection.protocol: is http"))
                for key in [producer.key, worker.key] {
                    #expect(!(program.output + program.error).contains(key))
                }
            }
        }
    }

    @Test("an unknown or missing scope is a usage error", arguments: [["--scope", "all"], []])
    func usage(options: [String]) async throws {
        #expect(try await jobs(["key", "ann"] + options).status == 64)
    }
}
