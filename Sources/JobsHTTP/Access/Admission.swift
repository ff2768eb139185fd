import HTTPEdge
import HTTPTypes
import Jobs
import JobsAPI

/// The authentication of a caller, which can be repeated: a key may be removed while a claim waits.
struct Admission: Sendable {
    let principal: Principal
    private let access: Access
    private let headers: HTTPFields
    private let version: Int

    /// - Throws: ``HTTPFailure``, a 401.
    init(_ headers: HTTPFields, by access: Access) throws {
        // Read the version first, so that a concurrent change of the keys is noticed.
        version = access.version
        principal = try access.principal(of: headers)
        self.access = access
        self.headers = headers
    }

    /// - Throws: ``HTTPFailure``, a 403.
    func require(_ scope: AccessScope) throws {
        guard principal.has(scope) else { throw HTTPFailure.scopeMissing(scope) }
    }

    /// Whether the caller is still the same, and may do the same: its key has not been removed or
    /// changed, and its token has not expired.
    var isStillValid: Bool {
        (try? Admission(headers, by: access))?.principal == principal
    }

    /// Authenticates the caller again if the keys have changed.
    /// - Parameter types: The types of the jobs that are about to be handed out.
    /// - Throws: The error that a new call would get now.
    func confirm(_ scope: AccessScope, _ types: some Sequence<String>) throws {
        guard access.version != version else { return }
        let now = try Admission(headers, by: access)
        try now.require(scope)
        guard let allowed = now.principal.types else { return }
        guard types.allSatisfy({ allowed.holds($0) }) else {
            throw CommandFailure.typeForbidden("type")
        }
    }
}
