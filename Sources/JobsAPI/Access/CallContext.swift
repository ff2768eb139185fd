package import Jobs
package import JobsEngine

/// The caller of an operation, and the jobs that it may reach.
package struct CallContext: Sendable {
    let jobs: JobsController
    /// The types of jobs that the caller may use; `nil` for all.
    let types: Set<String>?
    /// The name of the caller, for the audit; `nil` if it is not known.
    let name: String?
    /// Why the caller may not delete jobs; `nil` if it may.
    let deletionRefusal: CommandFailure?
    /// The caller that waiting claims are counted for; `nil` if it is not known.
    let claimant: String?
    /// The W3C trace context of the request, for jobs that are added without one; `nil` for none.
    let traceparent: String?
    /// Runs the wait of a claim after the first look found no job. It may cancel the wait.
    let duringWait: DuringWait

    package typealias DuringWait =
        @Sendable (_ wait: @escaping ClaimWait.Wait) async throws -> [StartedJob]

    package init(
        jobs: JobsController, types: Set<String>? = nil, name: String? = nil,
        deletionRefusal: CommandFailure? = nil, claimant: String? = nil, traceparent: String? = nil,
        duringWait: @escaping DuringWait = { try await $0() }
    ) {
        self.jobs = jobs
        self.types = types
        self.name = name
        self.deletionRefusal = deletionRefusal
        self.claimant = claimant
        self.traceparent = traceparent
        self.duringWait = duringWait
    }

    /// Whether the caller may use what concerns a type; `nil` for what does not concern one type.
    func mayUse(_ type: String?) -> Bool {
        guard let types else { return true }
        return type.map { types.holds($0) } ?? false
    }

    /// - Throws: A forbidden ``CommandFailure`` that names the argument.
    func require(_ type: String, at path: String) throws {
        guard mayUse(type) else { throw CommandFailure.typeForbidden(path) }
    }

    /// The jobs that the caller may use, in one look-up.
    func visible(_ ids: Set<JobID>) async throws -> Set<JobID> {
        guard let types else { return ids }
        return Set(try await jobs.types(of: ids).filter { types.holds($0.value) }.keys)
    }
}
