@testable import JobsHTTP

extension Access {
    /// Knows a caller for each scope by the scope's name, and some that are limited to type `a`.
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
        // The hash is one.
        return APIKey(hash: APIKey.hash(of: name), principal: principal)!
    }
}

/// The header of a caller that ``Access/sample`` knows.
func bearer(_ key: String) -> [String: String] { ["Authorization": "Bearer \(key)"] }
