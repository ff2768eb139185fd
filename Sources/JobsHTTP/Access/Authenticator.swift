public import Jobs
public import JobsAPI

/// An authenticator, which determines the caller from the credentials of a request.
public protocol Authenticator: Sendable {
    /// - Parameters:
    ///   - credential: A key or a token, without the name of its scheme.
    ///   - now: The current time, for credentials that expire.
    func authenticate(_ credential: String, at now: Timestamp) -> Authentication
}

/// The result of an authentication.
public enum Authentication: Sendable, Equatable {
    case known(Principal)
    /// The credentials were valid but have expired.
    case expired
    /// The credentials are not valid. The caller does not learn the reason, which would help an
    /// attacker.
    case refused
}
