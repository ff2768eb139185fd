import HTTPTestSupport
import NIOSSL
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("HTTPS with client certificates", .timeLimit(.minutes(5)))
    struct MutualTLSTests {
        /// Lends an endpoint with a certificate of the authority.
        private func withEndpoint<Result: Sendable>(
            _ authority: Authority, clients: TLSFiles.Clients? = nil,
            _ change: (inout EndpointOptions) -> Void = { _ in },
            _ body: @Sendable @escaping (RunningEndpoint) async throws -> Result
        ) async throws -> Result {
            let files = try authority.sign("localhost")
            var options = EndpointOptions(
                port: 0,
                tls: TLSFiles(
                    certificateFile: files.certificate, keyFile: files.key, clients: clients))
            change(&options)
            return try await RunningEndpoint.run(options, body)
        }

        private static func isServed(
            _ client: TLSConfiguration, by endpoint: RunningEndpoint
        ) async throws -> Bool {
            let context = try NIOSSLContext(configuration: client)
            do {
                return try await endpoint.connect(tls: context) { client in
                    try await client.send(post("/v1/jobs/delete_jobs"))
                    return try await client.readAnswer().status == 204
                }
            } catch RawConnection.Failure.timedOut {
                Issue.record("was neither served nor refused")
                return false
            } catch {
                return false
            }
        }

        @Test("only TLS 1.2 and later is accepted")
        func versions() async throws {
            try await Authority.with { authority in
                for (version, isSpoken) in [
                    (TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true),
                ] {
                    var client = try authority.client()
                    client.minimumTLSVersion = version
                    client.maximumTLSVersion = version
                    let isServed = try await withEndpoint(authority) { [client] endpoint in
                        try await Self.isServed(client, by: endpoint)
                    }
                    #expect(isServed == isSpoken, "\(version)")
                }
            }
        }

        @Test("a client without a certificate of the authority is refused if one is required")
        func required() async throws {
            try await Authority.with { authority in
                try await Authority.with { other in
                    let right = try authority.client(showing: "mailer")
                    let wrong = try authority.client(showing: "mailer", of: other)
                    let none = try authority.client()
                    let clients = TLSFiles.Clients(authorityFile: authority.certificateFile)
                    try await withEndpoint(authority, clients: clients) { endpoint in
                        let noneIsServed = try await Self.isServed(none, by: endpoint)
                        #expect(!noneIsServed)
                        let wrongIsServed = try await Self.isServed(wrong, by: endpoint)
                        #expect(!wrongIsServed)
                        #expect(endpoint.log.lines.allSatisfy { !$0.message.hasPrefix("Audit") })
                        let rightIsServed = try await Self.isServed(right, by: endpoint)
                        #expect(rightIsServed)
                    }
                }
            }
        }

        @Test("an invalid certificate is refused even if it is optional")
        func optional() async throws {
            try await Authority.with { authority in
                try await Authority.with { other in
                    let right = try authority.client(showing: "mailer")
                    let wrong = try authority.client(showing: "mailer", of: other)
                    let none = try authority.client()
                    let clients = TLSFiles.Clients(
                        authorityFile: authority.certificateFile, isOptional: true)
                    try await withEndpoint(authority, clients: clients) { endpoint in
                        let noneIsServed = try await Self.isServed(none, by: endpoint)
                        #expect(noneIsServed)
                        let rightIsServed = try await Self.isServed(right, by: endpoint)
                        #expect(rightIsServed)
                        let wrongIsServed = try await Self.isServed(wrong, by: endpoint)
                        #expect(!wrongIsServed)
                    }
                }
            }
        }

        @Test("the audit log has the subject of the client certificate and the address")
        func audit() async throws {
            try await Authority.with { authority in
                let client = try authority.client(showing: "mailer")
                let clients = TLSFiles.Clients(authorityFile: authority.certificateFile)
                try await withEndpoint(authority, clients: clients) { endpoint in
                    _ = try await Self.isServed(client, by: endpoint)

                    let line = try #require(
                        endpoint.log.lines.first { $0.message == "Audit: delete_jobs" })
                    #expect(line.metadata["principal"] == "mailer")
                    #expect(line.metadata["certificate"] == "mailer")
                    #expect(line.metadata["remote_address"] == "127.0.0.1")
                }
            }
        }

        @Test("a silent connection is closed after the time limit of a head")
        func silence() async throws {
            try await Authority.with { authority in
                try await withEndpoint(authority) {
                    $0.headerTimeout = .milliseconds(200)
                    $0.idleTimeout = .seconds(3600)
                } _: { endpoint in
                    try await endpoint.connect { client in
                        let answer = try await client.readToEnd()
                        #expect(answer == "")
                    }
                    try await endpoint.connect { client in
                        // The first bytes of a handshake.
                        try await client.send("\u{16}\u{03}\u{01}")
                        #expect(try await client.readToEnd() == "")
                    }
                }
            }
        }

        @Test("that time limit ends with the handshake")
        func patience() async throws {
            try await Authority.with { authority in
                let context = try NIOSSLContext(configuration: authority.client())
                try await withEndpoint(authority) {
                    $0.headerTimeout = .milliseconds(500)
                } _: { endpoint in
                    try await endpoint.connect(tls: context) { client in
                        for number in 1...2 {
                            try await client.send(addJob("r\(number)"))
                            #expect(try await client.readAnswer().status == 200)
                            // No event tells that nothing happens.
                            try await Task.sleep(for: .milliseconds(700))
                        }
                        try await client.send(addJob("r3"))
                        #expect(try await client.readAnswer().status == 200)
                    }
                }
            }
        }

        @Test("the error names the unusable file")
        func faults() async throws {
            try await Authority.with { authority in
                let (good, key) = try authority.sign("localhost")
                let (_, otherKey) = try authority.sign("other")
                let nobody = TLSFiles.Clients(authorityFile: key)
                for (files, part) in [
                    (TLSFiles(certificateFile: key, keyFile: key), TLSFiles.Fault.Part.certificate),
                    (TLSFiles(certificateFile: good, keyFile: good), .key),
                    (TLSFiles(certificateFile: good, keyFile: otherKey), .key),
                    (TLSFiles(certificateFile: good, keyFile: key, clients: nobody), .authority),
                ] {
                    let fault = #expect(throws: TLSFiles.Fault.self) {
                        try files.configuration()
                    }
                    #expect(fault?.part == part)
                }
            }
        }
    }
}
