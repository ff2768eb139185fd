import JobsAPI

@testable import JobsHTTP

extension Access {
    /// Access with a key for each scope, named like the scope, and keys that are limited to type
    /// `a`.
    static let sample = Access([
        APIKeyAuthenticator(
            AccessScope.allCases.map { key($0.rawValue, scopes: [$0]) } + [
                key("limited", scopes: [.produce, .work, .read], types: ["a"]),
                key("limited admin", scopes: [.admin], types: ["a"]),
                key("nothing", scopes: []),
            ])
    ])

    static func key(_ name: String, scopes: Set<AccessScope>, types: Set<String>? = nil) -> APIKey {
        let principal = Principal(name: name, scopes: scopes, types: types)
        // The unwrap is safe, since the hash is valid.
        return APIKey(hash: APIKey.hash(of: name), principal: principal)!
    }
}

/// The header with a key of ``Access/sample``.
func bearer(_ key: String) -> [String: String] { ["Authorization": "Bearer \(key)"] }
