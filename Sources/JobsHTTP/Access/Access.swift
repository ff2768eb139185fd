import HTTPEdge
import HTTPTypes
import Jobs
import JobsAPI
import Synchronization

/// The access control of an endpoint: it admits callers that one of its authenticators accepts.
public final class Access: Sendable {
    private struct State {
        var authenticators: [any Authenticator]
        /// Incremented when the authenticators change.
        var version = 0
    }

    private let state: Mutex<State>

    /// - Parameter authenticators: The authenticators. Without any, every caller is refused.
    public init(_ authenticators: [any Authenticator]) {
        state = Mutex(State(authenticators: authenticators))
    }

    /// Replaces the authenticators from the next request on.
    public func use(_ authenticators: [any Authenticator]) {
        state.withLock { state in
            state.authenticators = authenticators
            state.version += 1
        }
    }

    /// The version of the authenticators, which changes when they are replaced.
    var version: Int { state.withLock { $0.version } }

    /// The headers that carry credentials.
    static let headers = ["authorization", "x-api-key"]

    /// - Throws: ``HTTPFailure``, a 401, for a request without valid credentials.
    func principal(of headers: HTTPFields, at now: Timestamp = .now()) throws -> Principal {
        guard let credential = Self.credential(in: headers) else { throw HTTPFailure.notSigned }
        var failure = HTTPFailure.invalidToken
        for authenticator in state.withLock({ $0.authenticators }) {
            switch authenticator.authenticate(credential, at: now) {
            case .known(let principal): return principal
            case .expired: failure = .expiredToken
            case .refused: break
            }
        }
        throw failure
    }

    /// The credential in `Authorization: Bearer`, a word in any case; else in `X-Api-Key`, for
    /// proxies that use `Authorization` themselves.
    static func credential(in headers: HTTPFields) -> String? {
        if let value = headers[.authorization] {
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer" {
                return String(parts[1].drop { $0 == " " })
            }
        }
        return headers[.apiKey].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension HTTPField.Name {
    // The unwrap is safe: the name is a valid token of HTTP.
    static let apiKey = HTTPField.Name("X-Api-Key")!
}
