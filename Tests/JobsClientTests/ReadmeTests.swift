import Foundation
import JobsClient
import JobsTestSupport
import Testing

/// The programs in the README are compiled and run.
@Suite("The README's programs", .timeLimit(.minutes(2)))
struct ReadmeTests {
    fileprivate static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test(
        "the pages show the exact sources, in 24 lines each",
        arguments: [
            ("README.md", "Worker"),
            ("Sources/JobsClient/Documentation.docc/JobsClient.md", "Producer"),
        ])
    func sources(page: String, name: String) throws {
        let shown = try Self.blocks(of: page, "swift")
        let path = Self.root.appending(path: "Tests/Examples/\(name)/main.swift")
        let source = try String(contentsOf: path, encoding: .utf8)
        #expect(shown.contains(source))
        #expect(source.count { $0 == "\n" } <= 24)
    }

    /// The code blocks of a page in a language.
    fileprivate static func blocks(of page: String, _ language: String) throws -> [String] {
        let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
        return text.split(separator: "```\(language)\n").dropFirst().map { block in
            String(block.prefix(upTo: block.range(of: "```")?.lowerBound ?? block.endIndex))
        }
    }

    @Test("the producer adds a job, and the worker handles it and runs until it is stopped")
    func programs() async throws {
        try await RunningService.run { service in
            let client = try HTTPJobsClient(url: service.url)

            let producer = try ExampleProgram("ExampleProducer", service.url)
            #expect(try await producer.end() == 0)
            let job = try #require(try await client.list().jobs.first)
            #expect(producer.output == "Added job \(job.id)\n")

            let worker = try ExampleProgram("ExampleWorker", service.url)
            do {
                try await eventually { try await client.get(job.id)?.completed != nil }
            } catch {
                worker.terminate()
                throw error
            }
            worker.terminate()
            #expect(try await worker.end() == 0)
            let expected = "Attempt 1: mail to ann@example.com\n"
            #expect(worker.output == expected)
            let result = try await client.get(job.id)?.result
            #expect(result?.description == #"{"sent":true}"#)
        }
    }
}

extension ReadmeTests {
    @Test("the worker in Python completes two jobs, and says why the third has failed")
    func python() async throws {
        let page = "Sources/JobsService/Documentation.docc/Calling.md"
        let source = try #require(try Self.blocks(of: page, "python").first)
        #expect(source.count { $0 == "\n" } <= 20)
        try await RunningService.run { service in
            let client = try HTTPJobsClient(url: service.url)
            let params = try JSONText(#"{"to":"ann@example.com"}"#)
            let jobs = try await client.add(
                (1...3).map { NewJob(type: "mail", refID: "\($0)", params: params, maxRetries: 1) }
            ).map { try $0.get() }

            let worker = Process()
            worker.executableURL = URL(filePath: "/usr/bin/env")
            worker.arguments = ["python3", "-c", source, service.url]
            worker.standardInput = FileHandle.nullDevice
            try worker.run()
            defer { if worker.isRunning { worker.terminate() } }
            try await eventually { try await client.get(jobs[2].id)?.failed != nil }

            for job in jobs.prefix(2) {
                let completed = try #require(try await client.get(job.id))
                #expect(completed.result?.description == #"{"sent": true}"#)
            }
            let failed = try #require(try await client.get(jobs[2].id))
            #expect(failed.error?.type == "MailboxFull" && failed.worker == "py-1")
        }
    }
}

/// A program that the build has placed next to the test bundle.
private final class ExampleProgram {
    private let process = Process()
    private let file: URL

    init(_ name: String, _ arguments: String...) throws {
        file = URL.temporaryDirectory.appending(path: "example-\(UUID())")
        try Data().write(to: file)
        let executable = ([Bundle.main] + Bundle.allBundles).compactMap(\.executableURL)
            .map { $0.deletingLastPathComponent().appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
        let found: URL = try #require(executable)
        process.executableURL = found
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: file)
    }

    var output: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    func terminate() { process.terminate() }

    func end() async throws -> Int32 {
        try await eventually { !process.isRunning }
        return process.terminationStatus
    }
}
