import ArgumentParser
import Foundation
import JobsClient

/// A subcommand that asks a running service for something.
protocol ClientCommand: AsyncParsableCommand {
    var service: ServiceOptions { get }

    func run(_ client: any JobsClient) async throws
}

extension ClientCommand {
    mutating func run() async throws {
        do {
            try await service.withClient { try await run($0) }
        } catch let exit as ExitCode {
            throw exit
        } catch {
            FileHandle.standardError.write(Data("jobs: \(error)\n".utf8))
            throw ExitCode(operating: error)
        }
    }
}

/// Which service, and how to show what it says.
struct ServiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the service is. (default: $JOBS_URL, else \(ServiceOptions.defaultURL))",
            valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "An API key or a token; others on this machine may see it here. (default: $JOBS_KEY)",
            valueName: "key"))
    var key: String?

    @Flag(help: "Print JSON as the service sends it, for programs.")
    var json = false

    @Option(
        help: ArgumentHelp("Trust the certificates in this file for https.", valueName: "file"))
    var caFile: String?

    @Option(
        help: ArgumentHelp(
            "A certificate to show for https, where the service wants one.", valueName: "file"))
    var certFile: String?

    @Option(help: ArgumentHelp("The certificate's private key.", valueName: "file"))
    var certKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "By which the service's log can be searched for this call.", valueName: "id"))
    var correlationID: String?

    @Option(
        help: ArgumentHelp(
            "How long it may take, with repeated tries: \(TimeArgument.help).", valueName: "time"))
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
    /// No such job, or none to hand out.
    static let nothing = ExitCode(1)

    static let explanation = """
        Exit codes: 0 done; 1 no such job, or none to hand out; 2 somebody else has the job; \
        64 wrong usage; 65 the service refuses the call; 69 the service cannot be reached, nothing \
        was done; 70 the answer is none of a jobs service; 75 nobody knows whether it was done.
        """

    init(operating error: any Error) {
        guard let error = error as? JobsClientError else {
            self.init(error is HTTPJobsClientConfigError ? 64 : 70)
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
