/// The MongoDB cluster and database, from the keys of a component's configuration.
///
/// The keys are flat: `connection.host`, `connections.0.host`, `credential.username`,
/// `options.max_pool_size`. A key with an empty value counts as missing.
public struct MongoConnection: Sendable, Equatable {
    /// The URI with the options from the configuration; the client adds defaults.
    public var uri: MongoURI
    /// The database to use.
    public var database: String

    /// Why a configuration does not define a connection.
    public enum Mistake: Error, Equatable {
        case noHost, noPort, noDatabase
        /// An option has an invalid value.
        case badOption(key: String)
    }

    /// The default of other drivers for a URI without a database.
    static let databaseOfURIsWithout = "test"

    /// - Throws: ``Mistake``; ``MongoError`` of kind `badURI` if `connection.uri` is invalid.
    public init(configuration: [String: String]) throws {
        let settings = configuration.filter { !$0.value.isEmpty }
        let endpoints = Self.endpoints(in: settings)
        var added: [(name: String, value: String)] = []
        if let text = endpoints.lazy.compactMap({ $0["uri"] }).first {
            uri = try MongoURI(text)
            database = uri.database ?? Self.databaseOfURIsWithout
        } else {
            let credential = Self.section("credential", of: settings)
            guard let name = endpoints.lazy.compactMap({ $0["database"] }).first else {
                _ = try Self.hosts(endpoints)
                throw Mistake.noDatabase
            }
            database = name
            uri = try MongoURI(
                "mongodb://" + Self.userInfo(credential, settings) + Self.hosts(endpoints) + "/"
                    + MongoURI.encoded(name))
            for section in endpoints + [credential] {
                added += section.filter { !Self.ownKeys.contains($0.key) }
                    .map { (name: Self.uriOption(of: $0.key), value: $0.value) }
                    .sorted { $0.name < $1.name }
            }
        }
        added += try Self.uriOptions(of: settings)
        // `ssl` is the old name of `tls`.
        if uri[option: "ssl"] != nil { added.removeAll { $0.name == "tls" } }
        uri = uri.withDefaults(added)
    }

    /// The keys of `connection` and `credential` that are not options of the URI.
    private static let ownKeys: Set<String> = [
        "uri", "protocol", "host", "ip", "port", "database", "discovery_key",
        "username", "user", "password", "pass", "store_key",
    ]

    /// The option names that other components use for files, mapped to MongoDB's.
    private static func uriOption(of key: String) -> String {
        switch key {
        case "ssl_ca_file": "tlsCAFile"
        case "ssl_crt_file": "tlsCertificateKeyFile"
        default: key
        }
    }

    /// The entries of `connections.N` in the order of N or, if there are none, `connection`.
    private static func endpoints(in settings: [String: String]) -> [[String: String]] {
        let listed = section("connections", of: settings).keys
            .compactMap { $0.split(separator: ".").first.flatMap { Int($0) } }
        guard listed.isEmpty else {
            return Set(listed).sorted().map { section("connections.\($0)", of: settings) }
        }
        return [section("connection", of: settings)]
    }

    private static func section(_ name: String, of settings: [String: String]) -> [String: String] {
        let members = settings.filter { $0.key.hasPrefix(name + ".") }
            .map { (String($0.key.dropFirst(name.count + 1)), $0.value) }
        return Dictionary(uniqueKeysWithValues: members)
    }

    private static func hosts(_ endpoints: [[String: String]]) throws -> String {
        try endpoints.map { endpoint in
            guard let host = endpoint["host"] ?? endpoint["ip"] else { throw Mistake.noHost }
            guard let port = endpoint["port"].flatMap(UInt16.init), port != 0 else {
                throw Mistake.noPort
            }
            let isIPv6 = host.count { $0 == ":" } > 1 && !host.hasPrefix("[")
            return isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
        }.joined(separator: ",")
    }

    private static func userInfo(_ credential: [String: String], _ settings: [String: String])
        -> String
    {
        guard
            let user = credential["username"] ?? credential["user"] ?? settings["options.auth_user"]
        else { return "" }
        let password =
            credential["password"] ?? credential["pass"] ?? settings["options.auth_password"]
        return MongoURI.encoded(user) + (password.map { ":" + MongoURI.encoded($0) } ?? "") + "@"
    }

    /// The supported keys below `options`; other ones had a meaning in older drivers.
    private static func uriOptions(of settings: [String: String]) throws
        -> [(name: String, value: String)]
    {
        let milliseconds = 1...Int64(Int32.max)
        let numbers = [
            ("max_pool_size", "maxPoolSize", 1...1000),
            ("connect_timeout", "connectTimeoutMS", milliseconds),
            ("socket_timeout", "socketTimeoutMS", milliseconds),
        ]
        var options: [(name: String, value: String)] = []
        for (key, name, allowed) in numbers {
            guard let value = settings["options.\(key)"] else { continue }
            guard let number = Int64(value), allowed.contains(number) else {
                throw Mistake.badOption(key: "options.\(key)")
            }
            options.append((name, value))
        }
        if let name = settings["options.replica_set"] { options.append(("replicaSet", name)) }
        if let name = settings["options.auth_source"] { options.append(("authSource", name)) }
        switch settings["options.ssl"]?.lowercased() {
        case nil: break
        case "true", "1", "yes", "y": options.append(("tls", "true"))
        case "false", "0", "no", "n": options.append(("tls", "false"))
        default: throw Mistake.badOption(key: "options.ssl")
        }
        return options
    }
}
