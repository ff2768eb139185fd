import Jobs
import JobsAPI
import JobsHTTP

/// The configured access control: keys and tokens, in the file itself or in files that it names.
struct AccessSettings: Sendable {
    static let keys: KeyPatterns =
        [
            "enabled", "keys_file", "jwt.jwks_file", "jwt.secret", "jwt.public_key_file",
            "jwt.issuer", "jwt.audience", "jwt.leeway",
        ] + AccessKeyEntry.keys

    private let config: ComponentConfig
    private let keys: [APIKey]
    private let keysFile: String?
    private let token: TokenSettings?

    /// The access control; `nil` if every caller may use every operation.
    /// - Throws: ``ConfigError``
    init?(_ config: ComponentConfig, warnings: inout [String]) throws {
        self.config = config
        keys = try AccessKeyEntry.keys(in: config)
        keysFile = config["keys_file"]
        token = try TokenSettings(config, warnings: &warnings)
        let isSet = !keys.isEmpty || keysFile != nil || token != nil
        switch (try config.boolean("enabled"), isSet) {
        case (true, false):
            throw config.error(
                "enabled", "is true, but there are no keys, no keys_file and no jwt", .badConfig)
        case (false, true):
            warnings.append(
                config.warning("enabled", "is false, so that every caller may use every operation"))
            return nil
        case (_, false): return nil
        case (_, true): break
        }
    }

    /// Reads the files.
    /// - Returns: The authenticators, and the accepted credentials in words for the log.
    /// - Throws: ``ConfigError``
    func authenticators() async throws -> (known: [any Authenticator], wanted: String) {
        var keys = keys
        if let keysFile { keys += try AccessKeyEntry.keys(inFile: keysFile, config) }
        if let repeated = keys.firstRepeated {
            throw config.error(
                keysFile == nil ? "keys" : "keys_file",
                "the hash of \(repeated.principal.name) is also the hash of another key", .badConfig
            )
        }
        var authenticators: [any Authenticator] = []
        var wanted: [String] = []
        if !keys.isEmpty {
            authenticators.append(APIKeyAuthenticator(keys))
            wanted.append(keys.count == 1 ? "the one key there is" : "one of \(keys.count) keys")
        }
        if let token {
            authenticators.append(try await token.authenticator(config))
            wanted.append("a token of \(token.issuer ?? "any issuer whose key is known")")
        }
        return (
            authenticators,
            wanted.isEmpty ? "a key, and there is none" : wanted.joined(separator: " or ")
        )
    }
}

extension [APIKey] {
    fileprivate var firstRepeated: APIKey? {
        var seen: Set<[UInt8]> = []
        return first { !seen.insert($0.hash).inserted }
    }
}
