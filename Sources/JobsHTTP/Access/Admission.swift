import HTTPEdge
import HTTPTypes
import Jobs

/// That a caller was let in, and may be asked again: keys can be taken away while a claim waits.
struct Admission: Sendable {
    let principal: Principal
    private let access: Access
    private let headers: HTTPFields
    private let version: Int

    /// - Throws: ``HTTPFailure``, a 401.
    init(_ headers: HTTPFields, by access: Access) throws {
        // Before the question, so that a change in between is noticed.
        version = access.version
        principal = try access.principal(of: headers)
        self.access = access
        self.headers = headers
    }

    /// - Throws: ``HTTPFailure``, a 403.
    func require(_ scope: AccessScope) throws {
        guard principal.has(scope) else { throw HTTPFailure.scopeMissing(scope) }
    }

    /// Asks again, if the keys have changed since.
    /// - Parameter types: of the jobs that are about to be handed out.
    /// - Throws: as a new call would now.
    func confirm(_ scope: AccessScope, _ types: some Sequence<String>) throws {
        guard access.version != version else { return }
        let now = try Admission(headers, by: access)
        try now.require(scope)
        guard let allowed = now.principal.types else { return }
        guard types.allSatisfy({ allowed.holds($0) }) else {
            throw HTTPFailure.typeForbidden("type")
        }
    }
}
