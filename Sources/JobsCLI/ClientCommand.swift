import ArgumentParser
import Foundation
import JobsClient

/// A subcommand that calls a running service.
protocol ClientCommand: AsyncParsableCommand {
    var service: ServiceOptions { get }

    /// The message for an empty answer.
    static var nothing: String { get }

    func run(_ client: any JobsClient) async throws
}

extension ClientCommand {
    static var nothing: String { "There is no such job" }

    mutating func run() async throws {
        do {
            try await service.withClient { try await run($0) }
        } catch let exit as ExitCode {
            if exit == .nothing { Self.say(Self.nothing) }
            throw exit
        } catch {
            Self.say("\(error)")
            throw ExitCode(operating: error)
        }
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("jobs: \(text)\n".utf8))
    }
}

/// How to reach the service, and how to print its answers.
struct ServiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The address of the service. (default: $JOBS_URL, else \(ServiceOptions.defaultURL))",
            valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "An API key or a token, visible to all users of this machine. (default: $JOBS_KEY)",
            valueName: "key"))
    var key: String?

    @Flag(help: "Print the JSON that the service sends, for programs.")
    var json = false

    @Flag(help: "Print exact times in tables, and cells that are wider than the terminal.")
    var wide = false

    @Option(
        help: ArgumentHelp("The certificates to trust for https.", valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "The client certificate for https, if the service requires one.", valueName: "file"))
    var certFile: String?

    @Option(help: ArgumentHelp("The private key of the client certificate.", valueName: "file"))
    var certKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "The correlation id of this call in the log of the service.", valueName: "id"))
    var correlationID: String?

    @Option(
        help: ArgumentHelp(
            "The time limit of the call, retries included: \(TimeArgument.help).",
            valueName: "time"))
    var deadline = TimeArgument.patience

    private static let defaultURL = "http://localhost:8080"

    func withClient(_ body: (any JobsClient) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        var keys = ["connection.uri": url ?? environment["JOBS_URL"] ?? Self.defaultURL]
        keys["credential.key"] = key ?? environment["JOBS_KEY"]
        keys["credential.ssl_ca_file"] = caFile
        keys["credential.ssl_crt_file"] = certFile
        keys["credential.ssl_key_file"] = certKeyFile
        var options = try HTTPJobsClientOptions(keys: keys)
        options.deadline = deadline.duration
        let client = try HTTPJobsClient(options)
        do {
            try await CorrelationID.$current.withValue(correlationID) { try await body(client) }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}

extension ExitCode {
    /// There is no such job, or no job to hand out.
    static let nothing = ExitCode(1)

    static let explanation = "The exit codes are explained by jobsctl --help."

    init(operating error: any Error) {
        guard let error = error as? JobsClientError else {
            self.init(error is HTTPJobsClientConfigError || error is ArgumentFault ? 64 : 70)
            return
        }
        switch error.kind {
        case .lockLost: self.init(2)
        case .refused: self.init(65)
        case .unavailable: self.init(69)
        case .outcomeUnknown: self.init(75)
        default: self.init(70)
        }
    }
}
