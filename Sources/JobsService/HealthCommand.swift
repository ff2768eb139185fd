import ArgumentParser
import HTTPEdge
import JobsCLI

/// Checks the health of the service that runs with the same configuration, for container engines
/// that run a command as their health check and images without another HTTP client.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Checks whether the service that runs here with this configuration is ready.",
        discussion: "The exit code is 0 if it is, else 1 with the reason on standard error.")

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Check only whether the service runs.")
    var live = false

    @Option(help: ArgumentHelp("The time limit of the check.", valueName: "milliseconds"))
    var timeout: Int64 = 5000

    mutating func validate() throws {
        guard (1...3_600_000).contains(timeout) else {
            throw ValidationError("--timeout must be from 1 to 3600000")
        }
    }

    func run() async throws {
        let plan = try ContainerPlan(options.read())
        guard let endpoint = plan.endpoints.first(where: \.servesJobs)?.settings.options else {
            throw ValidationError("the configuration has no jobs service")
        }
        let check = HealthCheck(
            hosts: Self.local(endpoint.host), port: endpoint.port, tls: endpoint.tls,
            timeout: timeout)
        try await check.ask(live ? "/health/live" : "/health/ready")
    }

    /// The hosts to try in order to reach an endpoint on this machine.
    static func local(_ host: String) -> [String] {
        switch host {
        case AnyAddress.ipv4: ["127.0.0.1"]
        // A machine may have a loopback address of only one of the two protocols.
        case AnyAddress.ipv6: ["127.0.0.1", "::1"]
        default: [host]
        }
    }
}
