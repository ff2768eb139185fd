/// An authenticated caller, and what it may do.
public struct Principal: Sendable, Equatable {
    /// For the log.
    public let name: String
    public let scopes: Set<AccessScope>
    /// The types of jobs that the caller may use; `nil` for all.
    public let types: Set<String>?

    public init(name: String, scopes: Set<AccessScope>, types: Set<String>? = nil) {
        self.name = name
        self.scopes = scopes
        self.types = types
    }

    func has(_ scope: AccessScope) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin)
    }

}

extension Set<String> {
    /// Whether it holds these very bytes: what people read alike may be written in two ways, and is
    /// two types of jobs then.
    func holds(_ type: String) -> Bool {
        contains { $0.utf8.elementsEqual(type.utf8) }
    }
}
