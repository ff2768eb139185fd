import Foundation
import HTTPTestSupport
import NIOCore
import NIOSSL
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("HTTPS")
    struct TLSTests {
        /// Lends a new self-signed certificate for `localhost`.
        private func withCertificate<Result>(
            newKey: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            _ body: (TLSFiles, NIOSSLContext) async throws -> Result
        ) async throws -> Result {
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let certificate = folder.appending(path: "certificate.pem").path
            let key = folder.appending(path: "key.pem").path
            let openssl = Process()
            openssl.executableURL = URL(filePath: "/usr/bin/env")
            openssl.arguments = [
                "openssl", "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-days", "2", "-keyout", key, "-out", certificate,
                "-newkey",
            ]
            openssl.arguments?.append(contentsOf: newKey)
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            try #require(openssl.terminationStatus == 0)
            var client = TLSConfiguration.makeClientConfiguration()
            client.trustRoots = .file(certificate)
            return try await body(
                TLSFiles(certificateFile: certificate, keyFile: key),
                NIOSSLContext(configuration: client))
        }

        @Test("TLS serves jobs like plain HTTP, on kept and on closed connections")
        func jobs() async throws {
            try await withCertificate { files, context in
                try await RunningEndpoint.run(EndpointOptions(port: 0, tls: files)) { endpoint in
                    try await endpoint.connect(tls: context) { client in
                        for number in 1...3 {
                            try await client.send(addJob("r\(number)"))
                            #expect(try await client.readAnswer().string("ref_id") == "r\(number)")
                        }
                        try await client.send(
                            post("/v1/jobs/get_jobs", "{}", "Connection: close"))
                        #expect(try await client.readAnswer().jobs.count == 3)
                        try await client.expectEnd()
                    }
                }
            }
        }

        @Test(
            "TLS 1.2 is accepted only with forward secrecy and authenticated encryption",
            arguments: [
                ("ECDHE-RSA-AES128-GCM-SHA256", true), ("ECDHE-RSA-AES256-GCM-SHA384", true),
                ("ECDHE-RSA-CHACHA20-POLY1305", true), ("AES128-GCM-SHA256", false),
                ("AES256-GCM-SHA384", false), ("AES128-SHA", false), ("AES256-SHA", false),
                ("ECDHE-RSA-AES128-SHA", false), ("ECDHE-RSA-AES256-SHA", false),
            ])
        func cipherSuites(name: String, isSpoken: Bool) async throws {
            try await withCertificate(newKey: ["rsa:2048"]) { files, _ in
                try await RunningEndpoint.run(EndpointOptions(port: 0, tls: files)) { endpoint in
                    let (printed, _) = try runOpenSSL([
                        "s_client", "-connect", "127.0.0.1:\(endpoint.port)", "-tls1_2",
                        "-cipher", "\(name):@SECLEVEL=0",
                    ])

                    #expect(printed.contains("CONNECTED"))
                    #expect(printed.contains("Cipher is \(name)") == isSpoken)
                }
            }
        }

        @Test("a long answer arrives whole over TLS before the connection ends")
        func longAnswer() async throws {
            try await withCertificate { files, context in
                try await RunningEndpoint.run(EndpointOptions(port: 0, tls: files)) { endpoint in
                    let params = "\"" + String(repeating: "x", count: 1_000_000) + "\""
                    for _ in 0..<20 { try await endpoint.addJob(params: params) }
                    try await endpoint.connect(tls: context) { client in
                        try await client.send(post("/v1/jobs/get_jobs", "{}", "Connection: close"))
                        #expect(try await client.readAnswer().jobs.count == 20)
                        try await client.expectEnd()
                    }
                }
            }
        }

        @Test("malformed HTTP gets a 400 over TLS too")
        func malformed() async throws {
            try await withCertificate { files, context in
                try await RunningEndpoint.run(EndpointOptions(port: 0, tls: files)) { endpoint in
                    try await endpoint.connect(tls: context) { client in
                        try await client.send("GARBAGE\r\n\r\n")
                        #expect(
                            try await client.readAnswer().isError(
                                400, "BadRequest", "MALFORMED_REQUEST"))
                        try await client.expectEnd()
                    }
                }
            }
        }

        @Test("a plain HTTP connection is closed, and others are unaffected")
        func plainHTTP() async throws {
            try await withCertificate { files, context in
                try await RunningEndpoint.run(EndpointOptions(port: 0, tls: files)) { endpoint in
                    try await endpoint.connect { client in
                        try await client.send(post("/v1/jobs/get_jobs"))
                        #expect(try await !client.readToEnd().hasPrefix("HTTP"))
                    }
                    try await endpoint.connect(tls: context) { client in
                        try await client.send(addJob("r1"))
                        #expect(try await client.readAnswer().string("ref_id") == "r1")
                    }
                }
            }
        }

        @Test("a file that cannot be read is an error before anything listens")
        func missingFiles() throws {
            let files = TLSFiles(certificateFile: "/none/certificate.pem", keyFile: "/none/key.pem")

            #expect(throws: (any Error).self) {
                try HTTPEndpoint(
                    options: EndpointOptions(port: 0, tls: files), routes: [],
                    logger: LogRecorder().logger)
            }
        }
    }
}
