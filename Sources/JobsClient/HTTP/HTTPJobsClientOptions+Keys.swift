import NIOSSL

extension HTTPJobsClientOptions {
    /// Creates options from the configuration keys of the original clients.
    ///
    /// Nested keys are joined by dots: `connection.protocol`, `.host` (or `.ip`), `.port`, `.uri`,
    /// also as `connections.0.…`; `options.connect_timeout`, `.timeout`, `.retries` and
    /// `.correlation_id_place`; `base_route`; `credential.key` (an API key or a token),
    /// `credential.ssl_ca_file`; and for a client certificate `credential.ssl_crt_file` and
    /// `.ssl_key_file`. The files are PEM. Other keys and keys with an empty value are ignored.
    ///
    /// - Throws: ``HTTPJobsClientConfigError`` if a value is invalid.
    public init(keys: [String: String]) throws {
        let keys = Keys(values: keys.filter { !$0.value.isEmpty })
        self.init(url: try keys.url)
        if let route = keys.values["base_route"] { baseRoute = route }
        if let timeout = try keys.number("options.connect_timeout") {
            connectTimeout = .milliseconds(timeout)
        }
        if let timeout = try keys.number("options.timeout") {
            self.timeout = .milliseconds(timeout)
        }
        if let retries = try keys.number("options.retries") { self.retries = retries }
        if let place = keys.values["options.correlation_id_place"] {
            guard let place = CorrelationIDPlace(rawValue: place) else {
                throw HTTPJobsClientConfigError(
                    code: "WRONG_CORRELATION_ID_PLACE",
                    message: "options.correlation_id_place must be query, headers or both")
            }
            correlationIDPlace = place
        }
        token = keys.values["credential.key"] ?? keys.values["credential.token"]
        tls = try keys.tls
    }
}

private struct Keys {
    let values: [String: String]

    /// The URI if there is one; else the URL of its parts.
    var url: String {
        get throws {
            if let uri = connection("uri") { return uri }
            let scheme = connection("protocol") ?? "http"
            guard ["http", "https"].contains(scheme) else {
                throw HTTPJobsClientConfigError(
                    code: "WRONG_PROTOCOL", message: "connection.protocol must be http or https")
            }
            guard let host = connection("host") ?? connection("ip") else {
                throw HTTPJobsClientConfigError(
                    code: "NO_HOST", message: "connection.host is not set")
            }
            guard let port = connection("port").flatMap(UInt16.init), port > 0 else {
                throw HTTPJobsClientConfigError(
                    code: "NO_PORT", message: "connection.port is not set, or is not a port")
            }
            return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }

    var tls: TLSConfiguration? {
        get throws {
            let authorities = values["credential.ssl_ca_file"]
            let certificate = values["credential.ssl_crt_file"]
            let key = values["credential.ssl_key_file"]
            guard authorities != nil || certificate != nil || key != nil else { return nil }
            var tls = TLSConfiguration.makeClientConfiguration()
            if let authorities { tls.trustRoots = .file(authorities) }
            switch (certificate, key) {
            case (nil, nil): break
            case (let certificate?, let key?):
                do {
                    tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                        .certificate($0)
                    }
                    tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
                } catch {
                    throw HTTPJobsClientConfigError(
                        code: "READ_FAILED",
                        message:
                            "\(certificate) and \(key) are not a certificate and its key: \(error)")
                }
            default:
                throw HTTPJobsClientConfigError(
                    code: certificate == nil ? "NO_SSL_CRT_FILE" : "NO_SSL_KEY_FILE",
                    message: "set credential.ssl_crt_file and credential.ssl_key_file together")
            }
            return tls
        }
    }

    private func connection(_ name: String) -> String? {
        values["connection.\(name)"] ?? values["connections.0.\(name)"]
    }

    func number(_ key: String) throws -> Int? {
        guard let text = values[key] else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw HTTPJobsClientConfigError(
                code: "WRONG_NUMBER", message: "\(key) must be a number of 0 or more")
        }
        return number
    }
}
