import Foundation
import HTTPEdge
import JobsAPI
import JobsClient
import JobsHTTP
import NIOSSL
import Testing

@Suite("Options of the HTTP client")
struct HTTPOptionsTests {
    @Test("the keys of the original clients are read")
    func keys() throws {
        let options = try HTTPJobsClientOptions(keys: [
            "descriptor": "pip-services-jobs:client:http:default:1.0",
            "connection.protocol": "https", "connection.host": "jobs.example.com",
            "connection.port": "8443", "options.connect_timeout": "1500", "options.timeout": "2500",
            "options.retries": "7", "options.correlation_id_place": "both", "options.debug": "true",
            "base_route": "v2/jobs", "credential.ssl_ca_file": "/ca.pem",
        ])
        #expect(options.url == "https://jobs.example.com:8443")
        #expect(options.connectTimeout == .milliseconds(1500))
        #expect(options.timeout == .milliseconds(2500) && options.retries == 7)
        #expect(options.correlationIDPlace == .both && options.baseRoute == "v2/jobs")
        guard case .file("/ca.pem") = options.tls?.trustRoots else {
            Issue.record("other trust roots than the configured ones")
            return
        }
    }

    @Test(
        "an address has several forms",
        arguments: [
            (["connection.uri": "http://a:1/x", "connection.host": "b"], "http://a:1/x"),
            (["connection.ip": "127.0.0.1", "connection.port": "8080"], "http://127.0.0.1:8080"),
            (["connection.host": "::1", "connection.port": "8080"], "http://[::1]:8080"),
            (["connections.0.host": "a", "connections.0.port": "80"], "http://a:80"),
            (["connections.0.uri": "https://a", "connection.uri": ""], "https://a"),
        ])
    func addresses(keys: [String: String], url: String) throws {
        #expect(try HTTPJobsClientOptions(keys: keys).url == url)
    }

    @Test("the defaults are those of the original clients")
    func defaults() throws {
        let options = try HTTPJobsClientOptions(keys: ["connection.uri": "http://a"])
        #expect(options.connectTimeout == .seconds(10) && options.timeout == .seconds(20))
        #expect(options.retries == 3 && options.correlationIDPlace == .query)
        #expect(options.baseRoute == "v1/jobs" && options.tls == nil && options.token == nil)
    }

    @Test("every call sends the key, and the service refuses calls without one")
    func key() async throws {
        let key = APIKey(
            hash: APIKey.hash(of: "k1"), principal: Principal(name: "a", scopes: [.produce]))
        let access = Access([APIKeyAuthenticator([try #require(key)])])
        try await RunningService.run(access: access) { service in
            let keys = ["connection.uri": service.url, "options.retries": "5"]
            let knowing = try HTTPJobsClient(
                HTTPJobsClientOptions(keys: keys.merging(["credential.key": "k1"]) { $1 }))
            let stranger = try HTTPJobsClient(HTTPJobsClientOptions(keys: keys))
            let newJob = NewJob(type: "a", refID: "1")

            #expect(try await knowing.add(newJob).refID == "1")
            #expect(try await knowing.add([newJob, newJob]).count == 2)
            let forbidden = await #expect(throws: JobsClientError.self) {
                try await knowing.list()
            }
            let unknown = await #expect(throws: JobsClientError.self) {
                try await stranger.add(newJob)
            }

            #expect(forbidden?.status == 403 && forbidden?.code == "NOT_AUTHORIZED")
            #expect(unknown?.status == 401 && unknown?.code == "NOT_SIGNED")
            for error in [forbidden, unknown] {
                #expect(error?.kind == .refused && error?.isRetryable == false)
            }
        }
    }

    @Test("the error of a key with invalid characters does not repeat it")
    func wrongKey() throws {
        var options = HTTPJobsClientOptions(url: "http://localhost")
        options.token = "secret\r\nX: y"

        let error = #expect(throws: HTTPJobsClientConfigError.self) {
            try HTTPJobsClient(options)
        }

        #expect(error?.code == "WRONG_KEY")
        #expect(error?.description.contains("secret") == false)
    }

    @Test(
        "a certificate requires its key",
        arguments: [
            (["credential.ssl_crt_file": "/c.pem"], "NO_SSL_KEY_FILE"),
            (["credential.ssl_key_file": "/k.pem"], "NO_SSL_CRT_FILE"),
            (
                ["credential.ssl_crt_file": "/none/c", "credential.ssl_key_file": "/none/k"],
                "READ_FAILED"
            ),
        ])
    func certificates(keys: [String: String], code: String) {
        let error = #expect(throws: HTTPJobsClientConfigError.self) {
            try HTTPJobsClientOptions(keys: keys.merging(["connection.uri": "https://a"]) { $1 })
        }
        #expect(error?.code == code)
    }

    @Test(
        "the error of an invalid setting names it",
        arguments: [
            ([:], "NO_HOST"), (["connection.host": "a"], "NO_PORT"),
            (["connection.host": "a", "connection.port": "0"], "NO_PORT"),
            (["connection.host": "a", "connection.port": "70000"], "NO_PORT"),
            (["connection.protocol": "ftp"], "WRONG_PROTOCOL"),
            (["connection.uri": "http://a", "options.retries": "x"], "WRONG_NUMBER"),
            (["connection.uri": "http://a", "options.timeout": "-1"], "WRONG_NUMBER"),
            (
                ["connection.uri": "http://a", "options.correlation_id_place": "x"],
                "WRONG_CORRELATION_ID_PLACE"
            ),
        ] as [([String: String], String)])
    func wrong(keys: [String: String], code: String) {
        let error = #expect(throws: HTTPJobsClientConfigError.self) {
            try HTTPJobsClientOptions(keys: keys)
        }
        #expect(error?.code == code)
    }

    @Test(
        "an invalid URL is refused",
        arguments: ["", "localhost:8080", "ftp://a", "http://", "http://a?b"])
    func wrongURL(url: String) {
        let error = #expect(throws: HTTPJobsClientConfigError.self) { try HTTPJobsClient(url: url) }
        #expect(error?.code == "WRONG_URL")
    }

    @Test("a service is called over TLS if its certificate is trusted")
    func tls() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try TLSFiles.selfSigned(in: folder)
        try await RunningService.run(options: EndpointOptions(port: 0, tls: files)) { service in
            let keys = [
                "connection.protocol": "https", "connection.host": "localhost",
                "connection.port": "\(service.port)", "options.retries": "0",
            ]
            let trusting = try HTTPJobsClient(
                HTTPJobsClientOptions(
                    keys: keys.merging(["credential.ssl_ca_file": files.certificateFile]) { $1 }))
            #expect(try await trusting.add(NewJob(type: "a", refID: "1")).refID == "1")

            let wary = try HTTPJobsClient(HTTPJobsClientOptions(keys: keys))
            let error = await #expect(throws: JobsClientError.self) { try await wary.list() }
            #expect(error?.kind == .unavailable)
        }
    }
}

extension TLSFiles {
    /// A self-signed certificate for `localhost`.
    fileprivate static func selfSigned(in folder: URL) throws -> TLSFiles {
        let files = TLSFiles(
            certificateFile: folder.appending(path: "certificate.pem").path,
            keyFile: folder.appending(path: "key.pem").path)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days",
            "2", "-keyout", files.keyFile, "-out", files.certificateFile,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        return files
    }
}
