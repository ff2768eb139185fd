import AsyncHTTPClient
package import HTTPEdge
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Platform

/// Checks the health of a service on this machine.
package struct HealthCheck {
    private let hosts: [String]
    private let port: Int
    private let tls: TLSFiles?
    private let timeout: TimeAmount

    /// - Parameters:
    ///   - hosts: The hosts to try in this order; the first that accepts a connection gets the
    ///     request.
    ///   - tls: The TLS files of the service; `nil` for plain HTTP.
    ///   - timeout: The time limit in milliseconds.
    package init(hosts: [String], port: Int, tls: TLSFiles?, timeout: Int64) {
        self.hosts = hosts
        self.port = port
        self.tls = tls
        self.timeout = .milliseconds(timeout)
    }

    /// - Throws: ``Unhealthy`` if the status of the answer is not 200, or if there is no answer.
    package func ask(_ path: String) async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = try tls?.clientConfiguration()
        configuration.timeout.connect = timeout
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        let result: Result<Void, any Error>
        do {
            result = .success(try await ask(path, client))
        } catch let error as IOError {
            let cause = String(cString: strerror(error.errnoCode))
            result = .failure(Unhealthy(reason: "The service cannot be reached: \(cause)"))
        } catch let error as NIOConnectionError {
            let causes = error.connectionErrors.compactMap { $0.error as? IOError }
            let cause = causes.first.map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            result = .failure(Unhealthy(reason: "The service cannot be reached: \(cause)"))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        try result.get()
    }

    private func ask(_ path: String, _ client: HTTPClient) async throws {
        for host in hosts.dropLast() {
            do {
                return try await ask(path, host, client)
            } catch is IOError, is NIOConnectionError {
                continue
            }
        }
        try await ask(path, hosts[hosts.count - 1], client)
    }

    private func ask(_ path: String, _ host: String, _ client: HTTPClient) async throws {
        let host = host.contains(":") ? "[\(host)]" : host
        let scheme = tls == nil ? "http" : "https"
        let request = HTTPClientRequest(url: "\(scheme)://\(host):\(port)\(path)")
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: timeout)
        } catch let error as HTTPClientError
            where [.deadlineExceeded, .remoteConnectionClosed].contains(error)
        {
            throw Unhealthy(reason: "The service does not answer")
        }
        guard response.status == .ok, response.version == .http1_1 else {
            let message = await Self.message(in: response)
            throw Unhealthy(
                reason:
                    "The service answers \(response.status.code)\(message.map { ": \($0)" } ?? "")")
        }
    }

    /// The message in the body of an error.
    private static func message(in response: HTTPClientResponse) async -> String? {
        guard let body = try? await response.body.collect(upTo: 1 << 16),
            let text = try? JSONText(String(buffer: body))
        else { return nil }
        return text.value(recordedDepth: 1)?["message"]?.string
    }

    package struct Unhealthy: Error, CustomStringConvertible {
        let reason: String
        package var description: String { reason }
    }
}

extension TLSFiles {
    /// The TLS configuration for a client on the machine of the service.
    fileprivate func clientConfiguration() throws -> TLSConfiguration {
        // The client connects to this host by address, which the certificate need not contain.
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        if clients != nil {
            // If the service requires client certificates, its own is the one that is available.
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: keyFile, format: .pem))
        }
        return configuration
    }
}
