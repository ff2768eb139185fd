import Foundation
import HTTPEdge
import JobsHTTP

/// The settings of an HTTP server, from the keys of an endpoint or of a service that opens its own.
struct EndpointSettings: Sendable {
    static let keys: KeyPatterns = [
        "connection.protocol", "connection.host", "connection.ip", "connection.port",
        "connection.uri", "connection.discovery_key", "connections.*.protocol",
        "connections.*.host", "connections.*.ip", "connections.*.port", "connections.*.uri",
        "connections.*.discovery_key", "credential.ssl_key_file", "credential.ssl_crt_file",
        "credential.ssl_ca_file", "credential.ssl_client_auth",
        "credential.internal_network", "credential.store_key", "options.maintenance_enabled",
        "options.request_max_size", "options.header_max_size", "options.header_timeout",
        "options.body_timeout", "options.idle_timeout", "options.max_connections",
        "options.max_requests", "options.target_latency", "options.body_memory",
        "options.answer_memory", "options.write_timeout", "options.health_port",
        "options.shutdown_delay", "cors_headers", "cors_origins",
    ]

    /// The keys in files of older services that never had an effect.
    static let unusedKeys: KeyPatterns = [
        "options.connect_timeout", "options.debug",
        "options.file_max_size", "options.protocol_upgrade_enabled",
    ]

    let options: EndpointOptions
    /// The options of a second server for health checks only; `nil` if there is none.
    let health: EndpointOptions?
    let url: String
    /// The host and the port, for the log.
    var address: String { url.components(separatedBy: "://").last ?? url }
    /// How long requests are still accepted after a shutdown begins, so that clients and load
    /// balancers have time to notice it.
    let shutdownDelay: Duration

    /// - Throws: ``ConfigError``
    init(_ config: ComponentConfig, warnings: inout [String]) throws {
        let address = try EndpointAddress(config)
        let isSecure = address.scheme == "https"
        var options = EndpointOptions(
            host: address.host,
            port: address.port,
            tls: isSecure ? try Self.files(config, address, &warnings) : nil,
            maintenanceEnabled: try config.boolean("options.maintenance_enabled") ?? false,
            requestMaxSize: try config.count("options.request_max_size", in: 1 ... .max) ?? 1 << 20,
            corsHeaders: config.list("cors_headers"),
            corsOrigins: try Self.origins(config))
        if !isSecure {
            for key in config.keys where key.hasPrefix("credential.ssl_") {
                warnings.append(
                    config.warning(key, "has no effect, as connection.protocol is not https"))
            }
        }
        try Self.limit(&options, config)
        self.options = options
        url = address.url
        health = try config.integer("options.health_port", in: 0...65535).map {
            Self.health(options, port: Int($0))
        }
        let delay = try config.integer("options.shutdown_delay", in: 0...3_600_000) ?? 0
        shutdownDelay = .milliseconds(delay)
    }

    /// Whether pages of any origin may call the service.
    var allowsAllOrigins: Bool {
        options.corsOrigins.isEmpty || options.corsOrigins.contains("*")
    }

    /// `none`, `*`, or origins in the form that browsers send.
    private static func origins(_ config: ComponentConfig) throws -> [String] {
        let origins = config.list("cors_origins")
        for origin in origins where origins.count > 1 || !["none", "*"].contains(origin) {
            if origin == "*" { continue }
            let parts = origin.split(
                separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
            let host = parts.count == 2 ? parts[1] : ""
            guard !host.isEmpty, !host.dropLast().contains("/") else {
                throw config.error(
                    "cors_origins",
                    "must be none, * or origins such as https://page.example, but has \"\(origin)\"",
                    .badConfig)
            }
        }
        return origins
    }

    /// Whether the connection is confidential: it is encrypted, or does not leave this machine.
    var keepsSecrets: Bool {
        options.tls != nil || options.isLoopback
    }

    private static func limit(_ options: inout EndpointOptions, _ config: ComponentConfig) throws {
        for (key, limit) in [
            ("options.header_max_size", \EndpointOptions.headerMaxSize),
            ("options.body_memory", \.bodyMemory), ("options.answer_memory", \.answerMemory),
            ("options.max_connections", \.maxConnections), ("options.max_requests", \.maxRequests),
        ] {
            if let value = try config.count(key, in: 1 ... .max / 4) {
                options[keyPath: limit] = value
            }
        }
        for (key, limit) in [
            ("options.header_timeout", \EndpointOptions.headerTimeout),
            ("options.body_timeout", \.bodyTimeout), ("options.idle_timeout", \.idleTimeout),
            ("options.write_timeout", \.writeTimeout),
        ] {
            if let value = try config.integer(key, in: 1...86_400_000) {
                options[keyPath: limit] = .milliseconds(value)
            }
        }
        if let latency = try config.integer("options.target_latency", in: 0...86_400_000) {
            options.targetLatency = .milliseconds(latency)
        }
    }

    /// The options of the server for health checks: plain HTTP, so that a probe needs no
    /// certificate, and few connections, since probes are few.
    private static func health(_ options: EndpointOptions, port: Int) -> EndpointOptions {
        var health = EndpointOptions(
            host: options.host, port: port, maintenanceEnabled: options.maintenanceEnabled,
            requestMaxSize: 1 << 10, idleTimeout: options.idleTimeout)
        health.maxConnections = 100
        health.maxRequests = 100
        health.bodyMemory = 1 << 20
        health.targetLatency = .zero
        return health
    }

    private static func files(
        _ config: ComponentConfig, _ address: EndpointAddress, _ warnings: inout [String]
    ) throws -> TLSFiles? {
        if config["credential.store_key"] != nil {
            throw config.error(
                "credential.store_key", "is not supported, configure the files here",
                .badConfig)
        }
        if config.section("credential").isEmpty {
            throw config.error(
                "credential", "needs ssl_key_file and ssl_crt_file for https", .noCredential)
        }
        let keyFile = config["credential.ssl_key_file"]
        let certificateFile = config["credential.ssl_crt_file"]
        if keyFile == nil, certificateFile == nil, config["credential.internal_network"] != nil {
            warnings.append(
                config.warning(
                    address.schemeKey,
                    "https without files is plain http, as credential.internal_network allows"))
            return nil
        }
        guard let keyFile else {
            throw config.error(
                "credential.ssl_key_file", "must be set for https", .noSSLKeyFile)
        }
        guard let certificateFile else {
            throw config.error(
                "credential.ssl_crt_file", "must be set for https", .noSSLCertificateFile)
        }
        try check(keyFile, config, "credential.ssl_key_file")
        try check(certificateFile, config, "credential.ssl_crt_file")
        return TLSFiles(
            certificateFile: certificateFile, keyFile: keyFile, clients: try clients(config))
    }

    /// Whether clients have to present a certificate. They do by default if an authority is
    /// configured.
    private static func clients(_ config: ComponentConfig) throws -> TLSFiles.Clients? {
        let file = config["credential.ssl_ca_file"]
        let key = "credential.ssl_client_auth"
        let word = config[key]?.lowercased() ?? (file == nil ? "none" : "required")
        guard ["none", "optional", "required"].contains(word) else {
            throw config.error(
                key, "must be required, optional or none but is \"\(word)\"", .badConfig)
        }
        guard word != "none" else { return nil }
        guard let file else {
            throw config.error(
                "credential.ssl_ca_file", "must be set for ssl_client_auth \(word)", .noCredential)
        }
        try check(file, config, "credential.ssl_ca_file")
        return TLSFiles.Clients(authorityFile: file, isOptional: word == "optional")
    }

    /// Throws an error that names the unreadable file; the TLS library later reports only that one
    /// of the files is unreadable.
    private static func check(_ file: String, _ config: ComponentConfig, _ key: String) throws {
        do {
            _ = try contents(ofFile: file)
        } catch {
            throw config.error(key, "\(file) cannot be read: \(error)", .readFailed)
        }
    }
}

extension TLSFiles.Fault {
    /// The key of the configuration that names the file.
    var key: String {
        switch part {
        case .certificate: "credential.ssl_crt_file"
        case .key: "credential.ssl_key_file"
        case .authority: "credential.ssl_ca_file"
        }
    }
}
