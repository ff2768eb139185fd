import Foundation
import Testing

@testable import JobsService

/// All configurable numbers at the ends of their ranges.
@Suite(.timeLimit(.minutes(2))) struct ExtremeConfigurationTests {
    private enum End { case lowest, highest }

    /// The values to try until one is accepted.
    private static let candidates: [End: [Int64]] = [
        .lowest: [.min, -1, 0, 1],
        .highest: [
            .max, .max / 2, .max / 4, 1 << 40, 1 << 31, 86_400_000, 3_600_000, 60_000, 1000,
        ],
    ]

    /// The configuration of a component with each of its numbers at an end.
    private func component(_ name: String, _ end: End, _ before: String = "", in guide: Guide)
        throws
        -> String
    {
        let section = try #require(guide.components["\(name):*:1.0"])
        var text = "- descriptor: \(name):default:1.0\n\(before)"
        for row in section.rows where row.count > 1 {
            guard let key = row[0].inCode.first, row[1].contains(#/milliseconds|number|bytes|ms/#),
                !key.contains("*"), !key.contains("port"),
                // A stop would take as long.
                !key.contains("shutdown")
            else { continue }
            let value = try #require(
                Self.candidates[end]?.first { value in
                    let rest =
                        name.hasPrefix("pip-services-jobs:persistence") ? "" : ConfigText.memory
                    return (try? ConfigText.plan("\(rest)\(text)  \(key): \(value)\n")) != nil
                }, "no value is accepted for \(key)")
            text += "  \(key): \(value)\n"
        }
        return text
    }

    private func config(_ end: End, port: Int) throws -> String {
        let guide = try Guide("Configuration.md")
        let connection = "  connection: {host: 127.0.0.1, port: \(port)}\n"
        return try component("pip-services:counters:log", end, in: guide)
            + component("pip-services-jobs:persistence:memory", end, in: guide)
            + component("pip-services-jobs:controller:default", end, in: guide)
            + component("pip-services:endpoint:http", end, connection, in: guide)
            + ConfigText.service + ConfigText.heartbeat
    }

    @Test("the service works with all of them at their highest")
    func highest() async throws {
        let port = try freePort()
        let config = try config(.highest, port: port)
        #expect(config.contains("\(Int64.max)"))
        try await withTemporaryFiles(["config.yml": Data(config.utf8)]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                let largest = "\(Int64.max)"
                for (operation, body, answer) in [
                    (
                        "add_job",
                        #"{"new_job": {"type": "t", "ref_id": "r", "ttl": \#(largest)}}"#,
                        #""retries":0"#
                    ),
                    (
                        "get_jobs", #"{"paging": {"take": \#(largest), "total": true}}"#,
                        #""total":1"#
                    ),
                    (
                        "start_job_by_type",
                        #"{"type": "t", "timeout": \#(largest), "max_retries": \#(largest)}"#,
                        #""locked_until":"9999"#
                    ),
                    (
                        "start_job_by_type", #"{"type": "t", "timeout": 1, "wait_timeout": 1}"#,
                        " 204 "
                    ),
                    ("clean_jobs", "{}", " 20"),
                ] {
                    let connection = try RawConnection(port: port)
                    try connection.write(
                        "POST /v1/jobs/\(operation) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\n"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    let received = try connection.readToEnd()
                    #expect(received.contains(answer), "\(operation): \(received)")
                }
                program.send(SIGTERM)
                let status = try await program.waitForExit()
                #expect(status == 0)
            }
        }
    }

    @Test("the service starts and stops with all of them at their lowest")
    func lowest() async throws {
        let config = try config(.lowest, port: try freePort())
        #expect(config.contains("\(Int64.min)"))
        try await withTemporaryFiles(["config.yml": Data(config.utf8)]) { directory in
            try await RunningProgram.with(["-c", "\(directory)/config.yml"]) { program in
                try await program.waitForLine("Container jobs started.")
                program.send(SIGTERM)
                let status = try await program.waitForExit()
                #expect(status == 0)
            }
        }
    }
}
