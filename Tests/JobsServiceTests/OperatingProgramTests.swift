import Foundation
import Testing

/// The client commands of the program against the service of the program.
@Suite("Commands that call a service", .timeLimit(.minutes(2)))
struct OperatingProgramTests {
    private struct Outcome {
        let status: Int32
        let output: String
        let error: String

        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
        }

        func string(_ key: String) -> String { object[key] as? String ?? "" }
    }

    private func jobs(_ url: String, _ arguments: String...) async throws -> Outcome {
        try await jobs(url, arguments)
    }

    private func jobs(_ url: String, _ arguments: [String]) async throws -> Outcome {
        try await RunningProgram.with(arguments, environment: ["JOBS_URL": url]) { program in
            let status = try await program.waitForExit()
            return Outcome(status: status, output: program.output, error: program.error)
        }
    }

    private func withService(_ body: (String) async throws -> Void) async throws {
        let port = try freePort()
        try await RunningProgram.with(environment: ["HTTP_PORT": "\(port)"]) { program in
            try await program.waitForLine("started.")
            try await body("http://127.0.0.1:\(port)")
        }
    }

    @Test("times at the ends of their range do not trap")
    func longestTimes() async throws {
        try await withService { url in
            let longest = "\(Int64.max)"
            let added = try await jobs(
                url, "add", "mail", "1", "--ttl", longest, "--delay", longest, "--json")
            #expect(added.status == 0, "\(added.error)")
            #expect(added.string("execute_until") == "9999-12-31T23:59:59.999Z")
            let started = try await jobs(
                url, "start", "--id", added.string("id"), "--timeout", longest, "--json")
            #expect(started.status == 0 && started.string("locked_until").hasPrefix("9999"))
            let help = try await jobs(url, "start", "--help")
            #expect(help.output.contains("60s"))
        }
    }

    @Test("commands add, start, extend and complete jobs")
    func life() async throws {
        try await withService { url in
            let added = try await jobs(
                url, "add", "mail", "order-7", #"{"to":"ann"}"#, "--ttl", "1h", "--json")
            #expect(added.status == 0 && added.string("type") == "mail")
            #expect((added.object["params"] as? [String: Any])?["to"] as? String == "ann")
            let id = added.string("id")
            let again = try await jobs(url, "add", "mail", "order-7", "--unique", "--json")
            #expect(again.string("id") == id)

            let started = try await jobs(url, "start", "mail", "--timeout", "30s", "--json")
            #expect(started.status == 0 && started.string("id") == id)
            let token = started.string("lock_token")
            let none = try await jobs(url, "start", "mail")
            #expect(none.status == 1 && none.error == "jobs: There is no job to start\n")
            #expect(try await jobs(url, "complete", id, "--token", "wrong").status == 2)
            let extended = try await jobs(
                url, "extend", id, "--token", token, "--timeout", "1h", "--progress", "[1]",
                "--json")
            #expect(extended.status == 0 && extended.object["progress"] as? [Int] == [1])
            #expect(extended.string("locked_until") > started.string("locked_until"))
            let aborted = try await jobs(
                url, "abort", id, "--token", token, "--delay", "1h", "--json")
            #expect(aborted.status == 0 && !aborted.string("delayed_until").isEmpty)
            #expect(try await jobs(url, "start", "mail").status == 1)
            let byID = try await jobs(url, "start", "--id", id, "--json")
            let completed = try await jobs(
                url, "complete", id, "--token", byID.string("lock_token"), "--json")
            #expect(completed.status == 0 && !completed.string("completed").isEmpty)
            let got = try await jobs(url, "get", id, "--json")
            #expect(got.string("completed") == completed.string("completed"))
            #expect(got.string("state") == "completed")

            #expect(try await jobs(url, "clean").status == 0)
            let unknown = try await jobs(url, "get", id)
            #expect(unknown.status == 1 && unknown.error == "jobs: There is no such job\n")
            #expect(unknown.output.isEmpty)
            let quiet = try await jobs(url, "add", "mail", "order-8", "--quiet")
            let second = quiet.output.trimmingCharacters(in: .newlines)
            #expect(second.count == 32)
            #expect(try await jobs(url, "delete", second).status == 0)
            #expect(try await jobs(url, "delete", second).status == 1)
            #expect(try await jobs(url, "delete", "--all").status == 0)
        }
    }

    @Test("the output for people is a table")
    func tables() async throws {
        try await withService { url in
            _ = try await jobs(url, "add", "mail", "order-7", "--priority", "3")
            _ = try await jobs(url, "add", "sms", "a\u{1B}[31mb", "--delay", "1d")
            _ = try await jobs(url, "start", "mail")

            let list = try await jobs(url, "list", "--total")
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 4 && lines[3] == "2 jobs in all")
            #expect(
                lines[0].split(separator: " ") == [
                    "ID", "TYPE", "REF_ID", "STATE", "RETRIES", "AGE", "UNTIL",
                ])
            #expect(lines[1].contains(" mail  order-7  running  1 "))
            // Control characters are not printed.
            #expect(lines[2].contains(" sms   a\u{FFFD}[31mb  delayed  0 "))
            #expect(
                try await jobs(url, "list", "--type", "sms").output.split(separator: "\n").count
                    == 2)

            let shown = try await jobs(url, "start", "--id", "\(lines[2].prefix(32))")
            for field in ["id  ", "type  ", "state  ", "locked_until  ", "lock_token  "] {
                #expect(shown.output.contains(field), "\(shown.output)")
            }
        }
    }

    @Test("commands show, pause and limit types, and explain jobs")
    func types() async throws {
        try await withService { url in
            let id = try await jobs(url, "add", "mail", "order-7", "--json").string("id")

            let paused = try await jobs(
                url, "pause", "mail", "--reason", "rest", "--for", "1h", "--json")
            #expect(paused.status == 0, "\(paused.error)")
            #expect((paused.object["paused"] as? [String: Any])?["reason"] as? String == "rest")
            #expect(try await jobs(url, "start", "mail").status == 1)
            let explained = try await jobs(url, "explain", id)
            #expect(explained.status == 0)
            #expect(explained.output.hasPrefix("Type \"mail\" has been paused for "))
            #expect(explained.output.contains("code              PAUSED\n"))
            let code = try await jobs(url, "explain", id, "--json").string("code")
            #expect(code == "PAUSED")
            #expect(try await jobs(url, "explain", "unknown").status == 1)
            #expect(try await jobs(url, "resume", "mail").status == 0)

            let limited = try await jobs(url, "limit", "mail", "--max-running", "5")
            #expect(limited.status == 0 && limited.output.contains("max running       5\n"))
            let table = try await jobs(url, "types")
            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 2)
            let cells = lines[1].split(separator: " ").map { String($0) }
            #expect(cells[0] == "mail" && cells[1] == "1")
            #expect(cells[3] == "0" && cells[4] == "0/5")
            let one = try await jobs(url, "types", "mail")
            #expect(one.status == 0 && one.output.hasPrefix("type              mail\n"))
            #expect(try await jobs(url, "types", "unknown").status == 1)
            let json = try await jobs(url, "types", "--json").object["data"] as? [[String: Any]]
            #expect(json?.first?["type"] as? String == "mail")
            let wrong = try await jobs(url, "limit", "*", "--max-running", "5")
            #expect(wrong.status == 65)
        }
    }

    @Test("commands fail, cancel and replay jobs, and show what became of them")
    func outcomes() async throws {
        try await withService { url in
            let id = try await jobs(
                url, "add", "mail", "order-7", "--max-retries", "2", "--retry-delay", "0ms",
                "--group", "ann", "--json"
            ).string("id")
            _ = try await jobs(url, "start", "mail", "--worker", "w1")
            let failed = try await jobs(
                url, "fail", id, "--type", "Timeout", "--message", "too slow", "--json")
            #expect(failed.status == 0 && failed.object["failed"] == nil)
            let token = try await jobs(url, "start", "mail", "--worker", "w2", "--json")
                .string("lock_token")
            #expect(try await jobs(url, "fail", id, "--token", "wrong").status == 2)
            let given = try await jobs(
                url, "fail", id, "--token", token, "--details", #"{"ms":5}"#, "--json")
            #expect(!given.string("failed").isEmpty)

            let list = try await jobs(
                url, "list", "--state", "failed", "--group", "ann", "--wide")
            let rows = list.output.split(separator: "\n")
            #expect(rows.count == 2 && rows[1].contains("failed  2 "), "\(list.output)")
            #expect(rows.last?.hasSuffix(given.string("failed")) == true)
            let got = try await jobs(url, "get", id)
            let table = got.output.split(separator: "\n").suffix(3)
            #expect(table.first?.hasPrefix("ATTEMPT  STARTED") == true, "\(got.output)")
            #expect(table.dropFirst().first?.contains("Timeout: too slow") == true)
            #expect(table.last?.contains("none (limit)  {\"ms\":5}") == true)
            #expect(try await jobs(url, "get", id, "--json").object["attempts"] is [Any])

            let dry = try await jobs(url, "replay", "--state", "failed", "--dry-run")
            #expect(dry.status == 0 && dry.output == "\(id)\n1 jobs would be replayed\n")
            let replayed = try await jobs(url, "replay", id, "--json")
            #expect(replayed.object["count"] as? Int == 1)
            #expect(try await jobs(url, "replay", id).status == 1)
            #expect(try await jobs(url, "replay").status == 64)

            _ = try await jobs(url, "start", "mail")
            let requested = try await jobs(url, "cancel", id, "--json")
            #expect(!requested.string("cancel_requested").isEmpty)
            let aborted = try await jobs(url, "abort", id, "--json")
            #expect(!aborted.string("cancelled").isEmpty)
            #expect(try await jobs(url, "cancel", "unknown").status == 1)
        }
    }

    @Test("a result is kept, and lists go on after a job in both orders")
    func resultsAndPages() async throws {
        try await withService { url in
            var ids: [String] = []
            for number in 0..<3 {
                ids.append(try await jobs(url, "add", "mail", "\(number)", "--json").string("id"))
            }
            let completed = try await jobs(
                url, "complete", ids[0], "--result", #"{"sent":true}"#, "--json")
            #expect((completed.object["result"] as? [String: Bool]) == ["sent": true])
            #expect(try await jobs(url, "complete", ids[1], "--result", "{").status == 64)

            let after = try await jobs(url, "list", "--after", ids[0], "--take", "1")
            #expect(after.error == "There may be more: --after \(ids[1])\n")
            #expect(try await jobs(url, "list", "--type", "x").error == "There are no such jobs.\n")
            #expect(try await jobs(url, "add", "mail", "3", "plain").error.contains(#"'"plain"'"#))
            let newest = try await jobs(url, "list", "--newest-first", "--after", ids[2])

            func firsts(_ outcome: Outcome) -> [String] {
                outcome.output.split(separator: "\n").dropFirst().map { String($0.prefix(32)) }
            }
            #expect(firsts(after) == [ids[1]])
            #expect(firsts(newest) == [ids[1], ids[0]])
        }
    }

    @Test("failures are one line on standard error, with distinct exit codes")
    func failures() async throws {
        let nowhere = "http://127.0.0.1:\(try freePort())"
        let unreachable = try await jobs(nowhere, "list")
        #expect(unreachable.status == 69 && unreachable.output.isEmpty)
        #expect(
            unreachable.error == "jobs: The service cannot be reached: Connection refused\n")
        #expect(try await jobs("localhost", "list").status == 64)
        #expect(try await jobs(nowhere, "add", "mail", "1", "{").status == 64)
        try await withService { url in
            let refused = try await jobs(url, "add", "mail", "1", "--priority", "9999999999")
            #expect(refused.status == 65 && refused.error.contains("priority"))
            #expect(try await jobs(url + "/elsewhere", "list").status == 65)
            for (thing, command) in [
                ("job", ["cancel"]), ("operation", ["operations", "show"]),
                ("operation", ["operations", "cancel"]), ("schedule", ["schedule", "run"]),
                ("schedule", ["schedule", "delete"]), ("type", ["types"]),
            ] {
                let none = try await jobs(url, command + ["0123456789"])
                #expect(none.status == 1 && none.output.isEmpty)
                #expect(none.error == "jobs: There is no such \(thing)\n")
            }
            // The option overrides the environment.
            #expect(try await jobs(nowhere, "list", "--url", url).status == 0)
        }
    }
}
