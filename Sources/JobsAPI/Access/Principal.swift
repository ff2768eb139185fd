/// An authenticated caller and its permissions.
public struct Principal: Sendable, Equatable {
    /// The name of the caller, for the log.
    public let name: String
    public let scopes: Set<AccessScope>
    /// The types of jobs that the caller may use; `nil` for all.
    public let types: Set<String>?

    public init(name: String, scopes: Set<AccessScope>, types: Set<String>? = nil) {
        self.name = name
        self.scopes = scopes
        self.types = types
    }

    package func has(_ scope: AccessScope) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin)
    }
}

extension Set<String> {
    /// Whether the set contains exactly these bytes. Texts that look the same may have different
    /// encodings, and are different types then.
    package func holds(_ type: String) -> Bool {
        contains { $0.utf8.elementsEqual(type.utf8) }
    }
}
