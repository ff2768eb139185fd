public import Jobs

/// An authenticator, which determines the caller from the credentials of a request.
public protocol Authenticator: Sendable {
    /// - Parameters:
    ///   - credential: a key or a token, without the name of its scheme.
    ///   - now: for what is only good for a time.
    func authenticate(_ credential: String, at now: Timestamp) -> Authentication
}

/// What a credential has come to.
public enum Authentication: Sendable, Equatable {
    case known(Principal)
    /// It was good once.
    case expired
    /// The credentials are not valid. The caller does not learn the reason, which would help an
    /// attacker.
    case refused
}
