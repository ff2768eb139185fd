import Foundation
import Mongo

/// Protocol, host and port: the keys of `connection`, or of the first in the list `connections`.
struct EndpointAddress: Equatable {
    /// `http` or `https`.
    var scheme: String
    /// The key of the scheme, for messages.
    var schemeKey: String
    var host: String
    var port: Int

    var url: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// - Throws: ``ConfigError``
    init(_ config: ComponentConfig) throws {
        let first = config.keys.lazy.map { $0.split(separator: ".") }
            .first { $0.first == "connections" && $0.count > 1 }
        let section = first.map { "connections.\($0[1])" } ?? "connection"
        if config["\(section).discovery_key"] != nil {
            throw config.error(
                "\(section).discovery_key", "is not supported, configure the connection here",
                .badConfig)
        }
        if let uri = config["\(section).uri"] {
            self = try Self(uri: uri, key: "\(section).uri", config)
        } else {
            self = try Self(section: section, config)
        }
        guard ["http", "https"].contains(scheme) else {
            throw config.error(
                schemeKey, "must be http or https but is \"\(scheme)\"", .wrongProtocol)
        }
    }

    private init(section: String, _ config: ComponentConfig) throws {
        schemeKey = "\(section).protocol"
        scheme = config[schemeKey]?.lowercased() ?? "http"
        host = config["\(section).host"] ?? config["\(section).ip"] ?? AnyAddress.host
        port = try config.count("\(section).port", in: 0...65535) ?? 3000
        if port == 0 { throw config.error("\(section).port", "must not be 0", .noPort) }
    }

    /// A URI without a port has the default port of its protocol.
    private init(uri: String, key: String, _ config: ComponentConfig) throws {
        guard let parts = URLComponents(string: uri), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty, 0...65535 ~= parts.port ?? 0
        else {
            throw config.error(
                key, "must be like http://0.0.0.0:8080 but is \"\(redactingCredentials(uri))\"",
                .badConfig)
        }
        self.scheme = scheme
        schemeKey = key
        self.host = host.filter { $0 != "[" && $0 != "]" }
        port = parts.port ?? (scheme == "https" ? 443 : 80)
        if port == 0 { throw config.error(key, "must not have the port 0", .noPort) }
    }
}
