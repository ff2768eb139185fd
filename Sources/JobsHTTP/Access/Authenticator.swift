public import Jobs

/// Tells by what a request shows whose it is.
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
    /// Nobody is told why, as that would help those who try.
    case refused
}
