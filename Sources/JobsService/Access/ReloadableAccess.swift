import JobsHTTP

/// The access control of the running service, which can be reloaded from its files.
struct ReloadableAccess: Sendable {
    let access: Access
    /// The credentials that were accepted at the start, in words for the log.
    let wanted: String
    private let settings: AccessSettings

    /// - Throws: ``ConfigError`` for a file that cannot be read or has invalid contents.
    init(_ settings: AccessSettings) async throws {
        self.settings = settings
        let (known, wanted) = try await settings.authenticators()
        access = Access(known)
        self.wanted = wanted
    }

    /// Reads the files again.
    /// - Throws: ``ConfigError``; the access control is then unchanged.
    func reload() async throws {
        access.use(try await settings.authenticators().known)
    }
}
