import ArgumentParser
import HTTPEdge
import JobsHTTP
import NIOCore
import NIOPosix
import NIOSSL

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
        let answer = try await ask(
            live ? "/health/live" : "/health/ready", hosts: Self.local(endpoint.host),
            port: endpoint.port, tls: endpoint.tls)
        guard answer.hasPrefix("HTTP/1.1 200 ") else {
            throw Unhealthy(
                answer: answer.split(separator: "\r\n", maxSplits: 1).first.map(String.init))
        }
    }

    struct Unhealthy: Error, CustomStringConvertible {
        let answer: String?
        var description: String { answer ?? "The service does not answer" }
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

    private func ask(_ path: String, hosts: [String], port: Int, tls: TLSFiles?) async throws
        -> String
    {
        for host in hosts.dropLast() {
            do {
                return try await ask(path, host: host, port: port, tls: tls)
            } catch is NIOConnectionError {
                continue
            }
        }
        return try await ask(path, host: hosts[hosts.count - 1], port: port, tls: tls)
    }

    private func ask(_ path: String, host: String, port: Int, tls files: TLSFiles?) async throws
        -> String
    {
        var tls: NIOSSLContext?
        if let files {
            // It is this very host, whose certificate need not name it so.
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            if files.clients != nil {
                // Where clients need a certificate, the service's own is the one at hand.
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(
                    files.certificateFile
                ).map { .certificate($0) }
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(file: files.keyFile, format: .pem))
            }
            tls = try NIOSSLContext(configuration: configuration)
        }
        let time = TimeAmount.milliseconds(timeout)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(time)
            .connect(host: host, port: port) { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        let late = channel.channel.eventLoop.scheduleTask(in: time) {
            channel.channel.close(promise: nil)
        }
        defer { late.cancel() }
        return try await channel.executeThenClose { answer, request in
            try await request.write(
                ByteBuffer(
                    string: "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
            var text = ByteBuffer()
            for try await var part in answer { text.writeBuffer(&part) }
            return String(buffer: text)
        }
    }
}
