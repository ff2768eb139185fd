import Foundation
import Testing

@testable import HTTPEdge
@testable import JobsHTTP
@testable import JobsService

/// The wildcard address in the form of URLs.
private let anyAddress = AnyAddress.host == AnyAddress.ipv6 ? "[::]" : AnyAddress.host

@Suite struct EndpointSettingsTests {
    struct Read {
        var settings: EndpointSettings
        var warnings: [String]
    }

    func read(_ values: [String: String]) throws -> Read {
        let config = ComponentConfig(
            file: "c.yml", descriptor: "pip-services:endpoint:http:default:1.0",
            values: values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        var warnings: [String] = []
        let settings = try EndpointSettings(config, warnings: &warnings)
        return Read(settings: settings, warnings: warnings)
    }

    @Test(
        "protocol, host and port are read from all keys that files use",
        arguments: [
            ([:], "http://\(anyAddress):3000"),
            (["connection.port": "8080"], "http://\(anyAddress):8080"),
            (["connection.ip": "1.2.3.4"], "http://1.2.3.4:3000"),
            (["connection.host": "0.0.0.0"], "http://0.0.0.0:3000"),
            (["connection.host": "::"], "http://[::]:3000"),
            (["connection.host": "::1", "connection.ip": "1.2.3.4"], "http://[::1]:3000"),
            (["connection.uri": "http://h:81", "connection.port": "0"], "http://h:81"),
            (["connection.uri": "http://h"], "http://h:80"),
            (["connection.uri": "http://[::1]:81"], "http://[::1]:81"),
            (["connections.0.port": "1", "connections.1.port": "2"], "http://\(anyAddress):1"),
        ])
    func addresses(values: [String: String], url: String) throws {
        #expect(try read(values).settings.url == url)
    }

    @Test("options and CORS lists are applied")
    func options() throws {
        let options = try read([
            "options.maintenance_enabled": "true", "options.request_max_size": "100",
            "cors_headers": "a, b", "cors_origins": "https://x",
        ]).settings.options

        #expect(options.maintenanceEnabled)
        #expect(options.requestMaxSize == 100)
        #expect(options.corsHeaders == ["a", "b"])
        #expect(options.corsOrigins == ["https://x"])
        #expect(options.tls == nil)
    }

    @Test(
        "origins are none, all, or in the form of browsers",
        arguments: [
            ("none", ["none"], false), ("*", ["*"], true),
            (" * , https://x ", ["*", "https://x"], true),
            ("https://x:81, http://y/", ["https://x:81", "http://y/"], false), (" ,", [], true),
        ])
    func origins(text: String, origins: [String], allowsAll: Bool) throws {
        let settings = try read(["cors_origins": text]).settings

        #expect(settings.options.corsOrigins == origins)
        #expect(settings.allowsAllOrigins == allowsAll)
    }

    @Test(
        "an invalid origin is refused",
        arguments: ["page.example", "none, https://x", "https://", "https://x/page", "null", "all"])
    func wrongOrigins(text: String) {
        #expect(throws: ConfigError.self) { try read(["cors_origins": text]) }
    }

    @Test("limits are applied, times in milliseconds")
    func limits() throws {
        let options = try read([
            "options.header_max_size": "1000", "options.header_timeout": "1",
            "options.body_timeout": "2", "options.idle_timeout": "3",
            "options.max_connections": "4", "options.max_requests": "5",
            "options.target_latency": "6", "options.body_memory": "7",
            "options.answer_memory": "8", "options.write_timeout": "9",
        ]).settings.options

        #expect(options.headerMaxSize == 1000)
        #expect(options.headerTimeout == .milliseconds(1))
        #expect(options.bodyTimeout == .milliseconds(2))
        #expect(options.idleTimeout == .milliseconds(3))
        #expect(options.maxConnections == 4)
        #expect(options.maxRequests == 5)
        #expect(options.targetLatency == .milliseconds(6))
        #expect(options.bodyMemory == 7)
        #expect(options.answerMemory == 8)
        #expect(options.writeTimeout == .milliseconds(9))
        #expect(throws: ConfigError.self) { try read(["options.max_requests": "0"]) }
    }

    @Test("probes can have a separate port, over plain HTTP and with few connections")
    func health() throws {
        let health = try read(["options.health_port": "9090", "connection.host": "127.0.0.1"])
            .settings.health

        #expect(health?.port == 9090)
        #expect(health?.host == "127.0.0.1")
        #expect(health?.tls == nil)
        #expect(health?.maxConnections == 100)
        #expect(try read([:]).settings.health == nil)
        #expect(throws: ConfigError.self) { try read(["options.health_port": "65536"]) }
    }

    @Test(
        "connections are limited by the open files, with a reserve for other uses",
        arguments: [
            (10_000, nil, nil), (10_000, 1_048_576, nil), (10_000, 11_356, nil),
            (10_000, 1024, 672), (10_000, 64, 28), (10_000, 4, 1), (10, 1024, nil), (1, 64, nil),
        ] as [(Int, Int?, Int?)])
    func openFiles(connections: Int, limit: Int?, expected: Int?) throws {
        var options = EndpointOptions(port: 0)
        options.maxConnections = connections

        let isLowered = EndpointSettings.fit(&options, to: limit, share: 1)

        #expect(isLowered == (expected != nil))
        #expect(options.maxConnections == expected ?? connections)
    }

    @Test("the delay before a stop is in milliseconds, and 0 by default")
    func shutdownDelay() throws {
        #expect(
            try read(["options.shutdown_delay": "1500"]).settings.shutdownDelay == .seconds(1.5))
        #expect(try read([:]).settings.shutdownDelay == .zero)
        #expect(throws: ConfigError.self) { try read(["options.shutdown_delay": "-1"]) }
    }

    @Test("the defaults are those of older services")
    func defaults() throws {
        let options = try read([:]).settings.options

        #expect(!options.maintenanceEnabled)
        #expect(options.requestMaxSize == 1_048_576)
        #expect(options.corsHeaders == [])
        #expect(options.corsOrigins == [])
    }

    @Test(
        "an invalid address is refused in one line",
        arguments: [
            (
                ["connection.port": "http"],
                "connection.port: must be a number between 0 and 65535 but is \"http\" (BAD_CONFIG)"
            ),
            (["connection.port": "0"], "connection.port: must not be 0 (NO_PORT)"),
            (["connections.0.port": "0"], "connections.0.port: must not be 0 (NO_PORT)"),
            (
                ["connection.uri": "http://h:0"],
                "connection.uri: must not have the port 0 (NO_PORT)"
            ),
            (
                ["connection.uri": "h:80"],
                "connection.uri: must be like http://0.0.0.0:8080 but is \"h:80\" (BAD_CONFIG)"
            ),
            (
                ["connection.protocol": "ftp"],
                "connection.protocol: must be http or https but is \"ftp\" (WRONG_PROTOCOL)"
            ),
            (
                ["connection.uri": "ftp://h:1"],
                "connection.uri: must be http or https but is \"ftp\" (WRONG_PROTOCOL)"
            ),
            (
                ["connection.protocol": "https"],
                "credential: needs ssl_key_file and ssl_crt_file for https (NO_CREDENTIAL)"
            ),
            (
                ["connection.protocol": "https", "credential.ssl_crt_file": "c"],
                "credential.ssl_key_file: must be set for https (NO_SSL_KEY_FILE)"
            ),
            (
                ["connection.protocol": "https", "credential.ssl_key_file": "k"],
                "credential.ssl_crt_file: must be set for https (NO_SSL_CRT_FILE)"
            ),
            (
                ["connection.discovery_key": "k"],
                "connection.discovery_key: is not supported, configure the connection here "
                    + "(BAD_CONFIG)"
            ),
            (
                ["connection.protocol": "https", "credential.store_key": "k"],
                "credential.store_key: is not supported, configure the files here "
                    + "(BAD_CONFIG)"
            ),
            (
                ["options.request_max_size": "0"],
                "options.request_max_size: must be a number of at least 1 but is \"0\" (BAD_CONFIG)"
            ),
            (
                ["options.maintenance_enabled": "maybe"],
                "options.maintenance_enabled: must be true or false but is \"maybe\" (BAD_CONFIG)"
            ),
        ])
    func refusals(values: [String: String], line: String) {
        #expect {
            try read(values)
        } throws: {
            "\($0)" == "c.yml: pip-services:endpoint:http:default:1.0: \(line)"
        }
    }
}
