import JobsHTTP

/// The settings of accepted tokens: the keys under `jwt`.
struct TokenSettings: Sendable {
    private let jwksFile: String?
    private let publicKeyFile: String?
    private let secret: String?
    private var rules = JWTAuthenticator.Rules()

    /// The required issuer of the tokens; `nil` for every issuer that has signed with one of the
    /// keys.
    var issuer: String? { rules.issuer }

    /// Creates the settings; `nil` if no tokens are accepted.
    ///
    /// - Throws: ``ConfigError``
    init?(_ config: ComponentConfig, warnings: inout [String]) throws {
        jwksFile = config["jwt.jwks_file"]
        publicKeyFile = config["jwt.public_key_file"]
        secret = config["jwt.secret"]
        let hasKeys = jwksFile != nil || publicKeyFile != nil || secret != nil
        guard hasKeys else {
            if let key = config.keys.first(where: { $0.hasPrefix("jwt.") }) {
                throw config.error(
                    key, "needs jwt.jwks_file, jwt.public_key_file or jwt.secret as well",
                    .badConfig)
            }
            return nil
        }
        rules.issuer = config["jwt.issuer"]
        rules.audiences = config.list("jwt.audience")
        if let leeway = try config.integer("jwt.leeway", in: 0...3_600_000) {
            rules.leeway = leeway
        }
        if secret == nil {
            for (key, isMissing) in [
                ("jwt.issuer", rules.issuer == nil), ("jwt.audience", rules.audiences.isEmpty),
            ] where isMissing {
                warnings.append(
                    config.warning(
                        key, "is not set, so that tokens for other services are accepted too"))
            }
        }
    }

    /// Reads the files.
    /// - Throws: ``ConfigError``
    func authenticator(_ config: ComponentConfig) async throws -> JWTAuthenticator {
        var keys: [JWTKey] = []
        if let jwksFile {
            keys += try await read(jwksFile, config, "jwt.jwks_file") {
                try await JWTKey.keys(jwks: $0)
            }
        }
        if let publicKeyFile {
            keys += try await read(publicKeyFile, config, "jwt.public_key_file") {
                [try await JWTKey.pem(String(decoding: $0, as: UTF8.self))]
            }
        }
        if let secret {
            do {
                keys.append(try await JWTKey.secret(secret))
            } catch {
                throw config.error("jwt.secret", "\(error)", .badConfig)
            }
        }
        return JWTAuthenticator(keys: keys, rules: rules)
    }

    private func read(
        _ file: String, _ config: ComponentConfig, _ key: String,
        _ body: ([UInt8]) async throws -> [JWTKey]
    ) async throws -> [JWTKey] {
        do {
            return try await body(try contents(ofFile: file))
        } catch let error as UnreadableFile {
            throw config.error(key, "\(file) cannot be read: \(error)", .readFailed)
        } catch {
            throw config.error(key, "\(file) \(error)", .badConfig)
        }
    }
}
