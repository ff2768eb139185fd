import NIOSSL

/// The PEM files with which an endpoint serves HTTPS.
public struct TLSFiles: Sendable {
    /// The certificate, followed by its chain up to the authority.
    public var certificateFile: String
    public var keyFile: String
    /// `nil`: clients are not asked for certificates.
    public var clients: Clients?

    /// Which client certificates are accepted.
    public struct Clients: Sendable, Equatable {
        /// The certificates of the authorities that signed the clients' certificates.
        public var authorityFile: String
        /// Whether clients without a certificate are accepted. An invalid certificate is always
        /// refused.
        public var isOptional: Bool

        public init(authorityFile: String, isOptional: Bool = false) {
            self.authorityFile = authorityFile
            self.isOptional = isOptional
        }
    }

    public init(certificateFile: String, keyFile: String, clients: Clients? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clients = clients
    }

    /// Why one of the files cannot be used.
    public struct Fault: Error, CustomStringConvertible {
        public enum Part: Sendable {
            case certificate, key, authority
        }

        public let part: Part
        public let file: String
        let reason: String
        public var description: String { "\(file) \(reason)" }
    }
}

extension TLSFiles {
    /// The TLS 1.2 suites with forward secrecy (an ephemeral key exchange: recorded traffic stays
    /// secret if the private key leaks later) and authenticated encryption.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// TLS 1.2 with forward secrecy, and TLS 1.3, which always has it.
    /// - Throws: ``Fault``
    func configuration() throws -> TLSConfiguration {
        let chain = try certificates(certificateFile, .certificate)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw Fault(part: .key, file: keyFile, reason: "holds no private key in PEM")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = Self.cipherSuites
        if let clients {
            let authorities = try certificates(clients.authorityFile, .authority)
            configuration.trustRoots = .certificates(authorities)
            configuration.sendCANameList = true
            configuration.certificateVerification =
                clients.isOptional ? .optionalVerification : .noHostnameVerification
        }
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(
                part: .key, file: keyFile,
                reason: "does not go with the certificate in \(certificateFile)")
        }
        return configuration
    }

    private func certificates(_ file: String, _ part: Fault.Part) throws -> [NIOSSLCertificate] {
        let certificates = (try? NIOSSLCertificate.fromPEMFile(file)) ?? []
        guard !certificates.isEmpty else {
            throw Fault(part: part, file: file, reason: "holds no certificate in PEM")
        }
        return certificates
    }
}
