import HTTPTypes
import Jobs
import Synchronization

/// Who may call an endpoint: those that one of its authenticators knows.
public final class Access: Sendable {
    private let authenticators: Mutex<[any Authenticator]>

    /// - Parameter authenticators: without any nobody is known.
    public init(_ authenticators: [any Authenticator]) {
        self.authenticators = Mutex(authenticators)
    }

    /// Goes by others from the next request on.
    public func use(_ authenticators: [any Authenticator]) {
        self.authenticators.withLock { $0 = authenticators }
    }

    /// The headers that carry credentials.
    static let headers = ["authorization", "x-api-key"]

    /// - Throws: ``HTTPFailure``, a 401, for a request that shows nothing, or nothing good.
    func principal(of headers: HTTPFields, at now: Timestamp = .now()) throws -> Principal {
        guard let credential = Self.credential(in: headers) else { throw HTTPFailure.notSigned }
        var failure = HTTPFailure.invalidToken
        for authenticator in authenticators.withLock({ $0 }) {
            switch authenticator.authenticate(credential, at: now) {
            case .known(let principal): return principal
            case .expired: failure = .expiredToken
            case .refused: break
            }
        }
        throw failure
    }

    /// What stands behind `Authorization: Bearer`, whatever the case of that word; else the
    /// `X-Api-Key`, as something in front of the service may use `Authorization` for itself.
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
    // A token by the rules of HTTP.
    static let apiKey = HTTPField.Name("X-Api-Key")!
}
