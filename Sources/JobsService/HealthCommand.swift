import ArgumentParser
import HTTPEdge
import JobsCLI

/// Asks the service that runs with the same configuration how it is: for container engines that look
/// after it with a command, from an image that holds no other HTTP client.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks the service that runs here, with this configuration, whether it is ready.",
        discussion: "The exit code is 0 if so. Else it is 1, and standard error says why.")

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Ask only whether it runs.")
    var live = false

    @Option(help: ArgumentHelp("How long it may take.", valueName: "milliseconds"))
    var timeout: Int64 = 5000

    mutating func validate() throws {
        guard (1...3_600_000).contains(timeout) else {
            throw ValidationError("--timeout must be from 1 to 3600000")
        }
    }

    func run() async throws {
        let plan = try ContainerPlan(options.read())
        guard let endpoint = plan.endpoints.first(where: \.servesJobs)?.settings.options else {
            throw ValidationError("the configuration has no service of jobs in it")
        }
        let check = HealthCheck(
            hosts: Self.local(endpoint.host), port: endpoint.port, tls: endpoint.tls,
            timeout: timeout)
        try await check.ask(live ? "/health/live" : "/health/ready")
    }

    /// Where an endpoint can be reached from here; the first that answers.
    static func local(_ host: String) -> [String] {
        switch host {
        case AnyAddress.ipv4: ["127.0.0.1"]
        // There need not be an address of this machine itself for both.
        case AnyAddress.ipv6: ["127.0.0.1", "::1"]
        default: [host]
        }
    }
}
