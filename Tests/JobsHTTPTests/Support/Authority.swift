import Foundation
import NIOSSL

/// A certificate authority in its own folder, which is removed after the test.
struct Authority {
    let folder: URL
    var certificateFile: String { path("authority.pem") }

    /// Lends a new authority.
    static func with<Result>(_ body: (Authority) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = Authority(folder: folder)
        try authority.request("authority", "CN=authority", [])
        return try await body(authority)
    }

    /// Signs a certificate for `localhost` or a client, and returns it with its key.
    /// - Parameter name: The common name, also used for the files.
    func sign(_ name: String) throws -> (certificate: String, key: String) {
        try request(
            name, "CN=\(name)/O=tests",
            [
                "-CA", certificateFile, "-CAkey", path("authority.key"),
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-addext", "subjectAltName=DNS:localhost",
            ])
        return (path("\(name).pem"), path("\(name).key"))
    }

    /// The TLS configuration of a client that trusts this authority.
    /// - Parameter name: The name of the client certificate; `nil` for none.
    func client(showing name: String? = nil, of other: Authority? = nil) throws -> TLSConfiguration
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(certificateFile)
        if let name {
            let files = try (other ?? self).sign(name)
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                .certificate($0)
            }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
        }
        return tls
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func request(_ name: String, _ subject: String, _ more: [String]) throws {
        try openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/\(subject)", "-keyout", path("\(name).key"), "-out",
                path("\(name).pem"),
            ] + more)
    }
}
